import { useEffect } from 'preact/hooks'
import { useLatest } from '../../lib/useLatest'
import type { PlayerControlsProps } from './PlayerControls'

const ACTIONS = ['play', 'pause'] as const

/**
 * Name the channel in the browser's media menu and on a phone's lock screen, whose buttons pause and play.
 *
 * https://www.w3.org/TR/mediasession/
 */
export function useMediaSession({ player, name, title }: PlayerControlsProps): void {
  const latest = useLatest(player)
  const { isPaused } = player
  useEffect(() => {
    const session: MediaSession | undefined = navigator.mediaSession
    if (!session) return
    session.metadata = new MediaMetadata({ title: title || name, artist: name })
    session.playbackState = isPaused ? 'paused' : 'playing'
    for (const action of ACTIONS) {
      session.setActionHandler(action, () => {
        if (latest.current.isPaused === (action === 'play')) latest.current.togglePause()
      })
    }
    return () => {
      session.metadata = null
      session.playbackState = 'none'
      for (const action of ACTIONS) session.setActionHandler(action, null)
    }
  }, [name, title, isPaused])
}
