/** The cards under the player: what is on, and who they are. */
import type { Me, OwnStream, Stream, User } from '../../api/types'
import { api } from '../../lib/api'
import { t } from '../../lib/text'
import { EditableText } from './EditableText'

interface InfoProps {
  stream: Stream
  isMine: boolean
  onChange(stream: OwnStream): void
}

export function InfoCard({ stream, isMine, onChange }: InfoProps) {
  return (
    <EditableText
      field="title"
      heading={t('watch.info')}
      value={stream.title}
      empty={t('watch.untitled')}
      isMine={isMine}
      editLabel={t('watch.editTitle')}
      onSave={async (title) => onChange(await api.patch('/api/stream', { body: { title } }))}
    />
  )
}

interface AboutProps {
  user: User
  isMine: boolean
  onChange(me: Me): void
}

export function AboutCard({ user, isMine, onChange }: AboutProps) {
  return (
    <EditableText
      field="bio"
      heading={t('watch.about', { name: user.username })}
      value={user.bio}
      empty={t(isMine ? 'watch.noBioYet' : 'watch.noBio')}
      isMine={isMine}
      editLabel={t('watch.editBio')}
      aside={t('watch.followers', { count: user.followerCount })}
      onSave={async (bio) => onChange(await api.put('/api/me', { body: { bio } }))}
    />
  )
}
