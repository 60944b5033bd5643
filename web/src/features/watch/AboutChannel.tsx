/** The cards under the player: the stream, and its host. */
import type { Me, OwnStream, Stream, User } from '../../api/types'
import { api } from '../../lib/api'
import { EditableText } from './EditableText'
import * as strings from './strings'

interface InfoProps {
  stream: Stream
  onChange(stream: OwnStream): void
}

export function InfoCard({ stream, onChange }: InfoProps) {
  return (
    <EditableText
      field="title"
      heading={strings.stream}
      value={stream.title}
      empty={strings.untitled}
      isMine
      editLabel={strings.editTitle}
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
      heading={strings.about(user.username)}
      value={user.bio}
      empty={isMine ? strings.noOwnBio : strings.noBio}
      isMine={isMine}
      editLabel={strings.editBio}
      aside={strings.followers(user.followerCount)}
      onSave={async (bio) => onChange(await api.put('/api/me', { body: { bio } }))}
    />
  )
}
