import { useEffect, useRef, useState } from 'preact/hooks'
import type { StreamState } from '../../api/types'
import { type Joined, keepJoined } from '../../lib/joinRoom'
import { useLatest } from '../../lib/useLatest'

interface Callbacks {
  onMetadata(metadata: string): void
  /** The channel doesn't exist or doesn't admit this viewer. `code` is the API's error code. */
  onRefused(code: string): void
  /** The number of viewers, or null outside the room. */
  onViewers(count: number | null): void
}

/**
 * Keep a chat window in `host`'s room, without media, unless they are offline. Return null outside the room.
 *
 * `awaitedBy`: how many may have waited for the channel, if the window has.
 */
export function useChatRoom(
  host: string,
  state: StreamState | undefined,
  awaitedBy: number,
  callbacks: Callbacks,
): Joined | null {
  const [joined, setJoined] = useState<Joined | null>(null)
  const latest = useLatest({ ...callbacks, awaitedBy })
  const hasWaited = useRef(false)
  const isWanted = state !== undefined && state !== 'offline'
  if (state === 'offline') hasWaited.current = true

  useEffect(() => {
    if (!isWanted) return
    const crowd = hasWaited.current ? latest.current.awaitedBy : 0
    hasWaited.current = false
    let viewers = () => 0
    const membership = keepJoined(host, {
      autoSubscribe: false,
      awaitedBy: crowd,
      listener: {
        onMetadata: (metadata) => latest.current.onMetadata(metadata),
        onCount: () => latest.current.onViewers(viewers()),
      },
      onRoom(live, viewerToken) {
        viewers = live.viewers
        latest.current.onViewers(viewers())
        setJoined({ room: live.room, viewerToken })
        return () => {
          latest.current.onViewers(null)
          setJoined(null)
        }
      },
      onRefused({ code }, isFinal) {
        if (isFinal) latest.current.onRefused(code)
      },
    })
    return membership.leave
  }, [host, isWanted, latest])
  return joined
}
