/** A chat as its panel needs it: the reader, the messages, their outbox, and whether they may write. */
import { useEffect, useReducer, useState } from 'preact/hooks'
import type { Joined } from '../../lib/joinRoom'
import { type Role, roleOf, viewerIdOf } from './participants'
import { type ChatStream, type Gate, gateOf } from './rules'
import { type Messages, useMessages } from './useMessages'
import { type Outbox, useOutbox } from './useOutbox'
import { useViewerToken } from './useViewerToken'

export interface Chat {
  messages: Messages
  outbox: Outbox
  /** The reader; null before there is a token. */
  me: { viewerId: string; name: string; role: Role } | null
  /** Why the reader can't write; null if they can. */
  gate: Gate | null
}

export function useChat(
  host: string,
  stream: ChatStream,
  joined: Joined | null,
  isFollowing: boolean,
): Chat {
  const { chatApi, viewerToken } = useViewerToken(host, joined)
  const viewerId = viewerToken ? viewerIdOf(viewerToken.identity) : null
  const role = viewerToken ? roleOf(viewerToken.identity, stream.chat.moderatorIds) : 'viewer'
  const [newFollowerUntil, setNewFollowerUntil] = useState<number | null>(null)

  const messages = useMessages(joined, chatApi, viewerId, (id) => outbox.accepted(id))
  const outbox = useOutbox({
    host,
    chatApi,
    isReady: joined !== null && messages.status === 'ready',
    hasEnded: stream.state === 'offline',
    onAccepted: messages.add,
    onRefused({ code, retryAfterMs }) {
      if (retryAfterMs === null) return
      const until = Date.now() + retryAfterMs
      if (code === 'timed_out') messages.setTimedOutUntil(until)
      if (code === 'followers_only') setNewFollowerUntil(until)
    },
  })

  useEffect(() => setNewFollowerUntil(null), [isFollowing, stream.chat.followersMinutes])

  const { timedOutUntil } = messages
  const now = useNextEnd([timedOutUntil, newFollowerUntil])
  const reader = { role, isFollowing, timedOutUntil, newFollowerUntil }
  return {
    messages,
    outbox,
    me: viewerToken && viewerId ? { viewerId, name: viewerToken.name, role } : null,
    gate: gateOf(stream, reader, now),
  }
}

/** Return the current time. Render again when the next of these instants is reached, and not before. */
function useNextEnd(ends: (number | null)[]): number {
  const [, render] = useReducer<number, void>((count) => count + 1, 0)
  const now = Date.now()
  const next = Math.min(...ends.map((end) => (end !== null && end > now ? end : Infinity)))
  useEffect(() => {
    if (next === Infinity) return
    const timer = window.setTimeout(render, next - Date.now())
    return () => window.clearTimeout(timer)
  }, [next])
  return now
}
