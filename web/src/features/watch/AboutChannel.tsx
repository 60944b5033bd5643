/** The cards under the player: what is on, and who they are. */
import type { ChannelPage, Me, Stream } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
import { t } from '../../lib/text'
import { EditableText } from './EditableText'

/** As long as the API takes them. */
const TITLE_LENGTH = 140
const BIO_LENGTH = 500

export function InfoCard({
  stream,
  isMine,
  onChange,
}: {
  stream: Stream
  isMine: boolean
  onChange(stream: Stream): void
}) {
  return (
    <EditableText
      heading={t('watch.info')}
      value={stream.title}
      empty={t('watch.untitled')}
      isMine={isMine}
      label={t('watch.title')}
      editLabel={t('watch.editTitle')}
      maxLength={TITLE_LENGTH}
      field="title"
      saved={t('watch.titleSaved')}
      onSave={async (title) =>
        onChange(await answer(api.PATCH('/api/stream', { body: { title } })))
      }
    />
  )
}

export function AboutCard({
  user,
  isMine,
  onChange,
}: {
  user: ChannelPage['user']
  isMine: boolean
  onChange(me: Me): void
}) {
  return (
    <EditableText
      heading={t('watch.about', { name: user.username })}
      value={user.bio}
      empty={t(isMine ? 'watch.noBioYet' : 'watch.noBio')}
      isMine={isMine}
      label={t('watch.bio')}
      editLabel={t('watch.editBio')}
      maxLength={BIO_LENGTH}
      isLong
      field="bio"
      saved={t('watch.bioSaved')}
      aside={t('watch.followers', { count: user.followerCount })}
      onSave={async (bio) => onChange(await answer(api.PUT('/api/me', { body: { bio } })))}
    />
  )
}
