import type { ComponentChildren } from 'preact'
import type { Stream } from '../../api/types'
import { ChatPanel } from '../../features/chat/ChatPanel'
import { areShortcutsOn } from '../../features/watch/shortcuts'
import type { Joined } from '../../features/watch/usePlayer'
import { useStore } from '../../lib/store'

interface Props {
  host: string
  stream: Stream
  joined: Joined | null
  isFollowing: boolean
  follow?: ComponentChildren
}

/** The chat beside a player: what it comes with can wait for the first picture. */
export default function ChannelChat({ follow = null, ...props }: Props) {
  const isOn = useStore(areShortcutsOn)
  return <ChatPanel {...props} follow={follow} areShortcutsOn={isOn} />
}
