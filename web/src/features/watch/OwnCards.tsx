import type { Me, OwnStream, Stream, User } from '../../api/types'
import { api } from '../../lib/api'
import { EditableText } from './EditableText'
import styles from './EditableText.module.css'
import * as ownStrings from './own.strings'
import * as strings from './strings'

interface Props {
  user: User
  stream: Stream
  onStream(stream: OwnStream): void
  onMe(me: Me): void
}

/** The cards under the player, for the host: they edit the title and their bio. */
export default function OwnCards({ user, stream, onStream, onMe }: Props) {
  return (
    <>
      <EditableText
        field="title"
        heading={ownStrings.stream}
        value={stream.title}
        empty={strings.untitled}
        editLabel={ownStrings.editTitle}
        onSave={async (title) => onStream(await api.patch('/api/stream', { body: { title } }))}
      />
      <EditableText
        field="bio"
        heading={strings.about(user.username)}
        value={user.bio}
        empty={ownStrings.noOwnBio}
        editLabel={ownStrings.editBio}
        onSave={async (bio) => onMe(await api.put('/api/me', { body: { bio } }))}
      >
        <p class={styles.aside}>{strings.followers(user.followerCount)}</p>
      </EditableText>
    </>
  )
}
