import type { ComponentChildren } from 'preact'
import type { Stream } from '../../api/types'
import { ChatPanel } from '../../features/chat/ChatPanel'
import type { Joined } from '../../lib/joinRoom'
import { areShortcutsOn } from '../../lib/keys'
import { useStore } from '../../lib/store'

interface Props {
  host: string
  stream: Stream
  joined: Joined | null
  isFollowing: boolean
  follow?: ComponentChildren
}

/** The chat next to a player. A separate chunk, because it can wait for the first frame. */
export default function ChannelChat({ follow = null, ...props }: Props) {
  const isOn = useStore(areShortcutsOn)
  return <ChatPanel {...props} follow={follow} areShortcutsOn={isOn} />
}
