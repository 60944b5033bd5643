/** A chat as its panel needs it: who one is in it, what was said, what one has written, whether one may write. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks'
import { type Role, roleOf, viewerOf } from './people'
import { type ChatStream, type Gate, gateOf } from './rules'
import { type Messages, useMessages } from './useMessages'
import { type Outbox, useOutbox } from './useOutbox'
import { type Joined, useTicket } from './useTicket'

export interface Chat {
  messages: Messages
  outbox: Outbox
  /** Null before a token has said who one is. */
  me: { viewerId: string; name: string; role: Role } | null
  gate: Gate | null
}

export function useChat(
  host: string,
  stream: ChatStream,
  joined: Joined | null,
  isFollowing: boolean,
): Chat {
  const { ask, ticket } = useTicket(host, joined)
  const viewerId = ticket ? viewerOf(ticket.identity) : null
  const role = ticket ? roleOf(ticket.identity, stream.chat.moderatorIds) : 'viewer'
  const [newFollowerUntil, setNewFollowerUntil] = useState<number | null>(null)
  const taken = useRef<(id: string) => void>(() => {})

  const onOwn = useCallback((id: string) => taken.current(id), [])
  const messages = useMessages(joined, ask, viewerId, onOwn)
  const { add, setTimedOutUntil } = messages
  const outbox = useOutbox(
    host,
    ask,
    joined !== null && messages.status === 'ready',
    stream.state === 'offline',
    {
      onTaken: add,
      onRefused({ code, retryAfterMs }) {
        if (retryAfterMs === null) return
        const until = Date.now() + retryAfterMs
        if (code === 'timed_out') setTimedOutUntil(until)
        if (code === 'followers_only') setNewFollowerUntil(until)
      },
    },
  )
  taken.current = outbox.taken

  useEffect(() => setNewFollowerUntil(null), [isFollowing, stream.chat.followersMinutes])

  const { timedOutUntil } = messages
  const now = useEnds([timedOutUntil, newFollowerUntil])
  const reader = { role, isFollowing, timedOutUntil, newFollowerUntil }
  return {
    messages,
    outbox,
    me: ticket && viewerId ? { viewerId, name: ticket.name, role } : null,
    gate: gateOf(stream, reader, now),
  }
}

/** The present time; renders again as the next of these is over, and not before. */
function useEnds(ends: (number | null)[]): number {
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
