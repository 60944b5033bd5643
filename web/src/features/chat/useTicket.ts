/** The chat's own calls of the API: as the person who is in the room, by the viewer token. */
import type { Room } from 'livekit-client'
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { ViewerToken } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { mint } from '../../lib/viewerToken'

/** A room that has been joined, and by which token. */
export interface Joined {
  room: Room
  ticket: ViewerToken
}

export type Ask = <T>(method: 'GET' | 'POST', query?: string, body?: unknown) => Promise<T>

interface Asking {
  ask: Ask
  /** The latest token; null before there was any. */
  ticket: ViewerToken | null
}

/**
 * Calls of `/api/chat/{host}`. A token that ran out is minted again, for the same tab, and the call made once more. The
 * first call mints one where no room has been joined.
 */
export function useTicket(host: string, joined: Joined | null): Asking {
  const [ticket, setTicket] = useState<ViewerToken | null>(joined?.ticket ?? null)
  const latest = useRef(ticket)

  const hold = useCallback((next: ViewerToken) => {
    latest.current = next
    setTicket(next)
    return next
  }, [])
  useEffect(() => {
    if (joined) hold(joined.ticket)
  }, [joined, hold])

  const ask = useCallback(
    async <T>(method: 'GET' | 'POST', query = '', body?: unknown): Promise<T> => {
      const call = ({ token }: ViewerToken) =>
        fetch(`/api/chat/${encodeURIComponent(host)}${query}`, {
          method,
          signal: AbortSignal.timeout(10_000),
          headers: {
            Authorization: `Bearer ${token}`,
            ...(body !== undefined && { 'Content-Type': 'application/json' }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
        })
      try {
        const held = latest.current ?? hold(await mint(host))
        let response = await call(held)
        if (response.status === 401) response = await call(hold(await mint(host)))
        const said: unknown = await response.json().catch(() => null)
        if (!response.ok) throw Refusal.from(response.status, said)
        return said as T
      } catch (error) {
        throw Refusal.caught(error)
      }
    },
    [host, hold],
  )
  return { ask, ticket }
}
