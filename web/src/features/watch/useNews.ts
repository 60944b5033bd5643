import { useEffect, useRef } from 'preact/hooks'
import type { StreamState } from '../../api/types'
import type { Player } from './usePlayer'

/** The room shows a picture before the webhook that announces it has arrived. */
const SOON_MS = 2_000
const EVERY_MS = 10_000

/**
 * Asks for the channel anew until room and API both say that it is live: what the page says beside the player (since
 * when, the title, a block) is then no older than that. While the player asks for the same, nothing more is asked.
 */
export function useNews(
  { view, isAsking }: Player,
  announced: StreamState | undefined,
  reload: () => Promise<unknown>,
): void {
  const latest = useRef(reload)
  latest.current = reload
  const isPlaying = view === 'live'
  const isSettled = isPlaying && announced === 'live'

  useEffect(() => {
    if (isAsking || isSettled) return
    let timer = 0
    const next = (ms: number) => {
      // Jitter, so that those whom one broadcast lost don't ask in step.
      timer = window.setTimeout(
        () => {
          if (document.visibilityState === 'visible') void latest.current()
          next(isPlaying ? SOON_MS * 2 : EVERY_MS)
        },
        ms * (0.8 + Math.random() * 0.4),
      )
    }
    next(isPlaying ? SOON_MS : EVERY_MS)
    return () => window.clearTimeout(timer)
  }, [isAsking, isPlaying, isSettled])
}
