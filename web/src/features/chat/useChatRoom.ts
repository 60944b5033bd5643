import { useEffect, useState } from 'preact/hooks'
import { type Joined, keepJoined } from '../../lib/joinRoom'
import { useLatest } from '../../lib/useLatest'

interface Callbacks {
  onMetadata(metadata: string): void
  /** The channel doesn't exist or doesn't admit this viewer. `code` is the API's error code. */
  onRefused(code: string): void
}

/** Keep a chat window in `host`'s room, without media, while `isWanted`. Return null while it is not in the room. */
export function useChatRoom(host: string, isWanted: boolean, callbacks: Callbacks): Joined | null {
  const [joined, setJoined] = useState<Joined | null>(null)
  const latest = useLatest(callbacks)

  useEffect(() => {
    if (!isWanted) return
    const membership = keepJoined(host, {
      autoSubscribe: false,
      listener: { onMetadata: (metadata) => latest.current.onMetadata(metadata) },
      onRoom({ room }, viewerToken) {
        setJoined({ room, viewerToken })
        return () => setJoined(null)
      },
      onRefused({ code }, isFinal) {
        if (isFinal) latest.current.onRefused(code)
      },
    })
    return membership.leave
  }, [host, isWanted, latest])
  return joined
}
