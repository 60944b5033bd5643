/** A room for the chat alone, joined without picture and sound. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { LiveRoom } from '../../lib/liveRoom'
import { loadLiveRoom } from '../../lib/loadLiveRoom'
import { Refusal } from '../../lib/refusal'
import { renameTab } from '../../lib/tab'
import { mint } from '../../lib/viewerToken'
import type { Joined } from './useTicket'

interface Told {
  onMetadata(metadata: string): void
  /** There is nobody of that name, or nobody who lets this viewer, or no guest. */
  onRefused(code: string): void
}

const FINAL = ['host_not_found', 'blocked', 'signed_in_only']
const LONGEST_PAUSE_MS = 30_000
const nothing = () => {}

/** In the room while `isWanted`, again and again where that is cut off; null while not in it. */
export function useChatRoom(host: string, isWanted: boolean, told: Told): Joined | null {
  const [joined, setJoined] = useState<Joined | null>(null)
  const latest = useRef(told)
  latest.current = told

  useEffect(() => {
    if (!isWanted) return
    let stopped = false
    let timer = 0
    let tries = 0
    let live: LiveRoom | null = null

    const again = () => {
      setJoined(null)
      window.clearTimeout(timer)
      if (stopped) return
      const pause = Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** tries)
      tries += 1
      timer = window.setTimeout(() => void join(), pause * (0.5 + Math.random() / 2))
    }
    const join = async () => {
      try {
        const [{ openRoom }, ticket] = await Promise.all([loadLiveRoom(), mint(host)])
        if (stopped) return
        live ??= openRoom({
          onInterrupted: nothing,
          onResumed: nothing,
          onHost: nothing,
          onTrack: nothing,
          onTrackGone: nothing,
          onCount: nothing,
          onMetadata: (metadata) => latest.current.onMetadata(metadata),
          onLeft(why) {
            if (why === 'replaced') renameTab()
            again()
          },
        })
        await live.room.connect(ticket.serverUrl, ticket.token, { autoSubscribe: false })
        if (stopped) return void live.leave()
        tries = 0
        setJoined({ room: live.room, ticket })
      } catch (caught) {
        const { code } = Refusal.caught(caught)
        if (stopped) return
        if (FINAL.includes(code)) latest.current.onRefused(code)
        else again()
      }
    }
    void join()
    return () => {
      stopped = true
      window.clearTimeout(timer)
      setJoined(null)
      void live?.leave()
    }
  }, [host, isWanted])
  return joined
}
