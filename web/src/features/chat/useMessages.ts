import { useEffect, useState } from 'preact/hooks'
import type { ChatMessage } from '../../api/types'
import type { Joined } from '../../lib/joinRoom'
import { useStore } from '../../lib/store'
import { useLatest } from '../../lib/useLatest'
import type { ChatApi } from './chatApi'
import { toMessage } from './message'
import { createMessageFeed, type FeedState, type MessageFeed } from './messageFeed'

export interface Messages
  extends FeedState,
    Pick<MessageFeed, 'log' | 'loadOlder' | 'isTimedOut' | 'setTimedOutUntil'> {
  hasOlder: boolean
  /** Load the newest page if nothing has loaded it yet, or if that failed. */
  load(): void
  add(sent: ChatMessage): void
}

/**
 * The messages of a chat, while its room is joined and after.
 *
 * `me` is the reader's viewer id. `onOwn` is called with the id of each of the reader's messages, from any tab.
 */
export function useMessages(
  joined: Joined | null,
  chatApi: ChatApi,
  me: string | null,
  onOwn: (id: string) => void,
): Messages {
  const reader = useLatest({ me, onOwn })
  const [feed] = useState(() => createMessageFeed(chatApi, () => reader.current))
  const state = useStore(feed.state)

  useEffect(() => (joined ? feed.follow(joined.room) : undefined), [feed, joined])
  useEffect(() => feed.close, [feed])

  const { log, loadOlder, isTimedOut, setTimedOutUntil } = feed
  return {
    ...state,
    log,
    loadOlder,
    isTimedOut,
    setTimedOutUntil,
    isInterrupted: state.isInterrupted || (!joined && state.status === 'ready'),
    hasOlder: feed.hasOlder(),
    load: () => void feed.load(),
    add: (sent) => feed.add(toMessage(sent)),
  }
}
