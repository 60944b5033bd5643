import Play from 'lucide/dist/esm/icons/play.mjs'
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { hueOf } from '../../ui/hue'
import { Icon } from '../../ui/Icon'
import { lazy } from '../../ui/lazy'
import * as uiStrings from '../../ui/strings'
import { toggleFullscreen } from './fullscreen'
import * as strings from './strings'
import type { Player } from './usePlayer'
import styles from './VideoPlayer.module.css'

// There is nothing to watch over and to control before video plays.
const Picture = lazy(() => import('./Picture'))
const KeptOut = lazy(() => import('./KeptOut'))

/** The controls disappear when the pointer has rested this long over playing video. */
const REST_MS = 2_500

interface Props {
  player: Player
  /** The host's username. */
  name: string
  title?: string
  hasTheater?: boolean
}

export function VideoPlayer({ player, name, title, hasTheater }: Props) {
  const { view, sound, isPaused, video } = player
  const root = useRef<HTMLDivElement>(null)
  const [isIdle, setIdle] = useState(false)
  const idleTimer = useRef(0)
  const isPlaying = view === 'live' && !isPaused

  useEffect(() => () => window.clearTimeout(idleTimer.current), [])

  const fullscreen = () => void toggleFullscreen(root.current, video.current)

  const markActive = () => {
    setIdle(false)
    window.clearTimeout(idleTimer.current)
    idleTimer.current = window.setTimeout(() => setIdle(true), REST_MS)
  }

  return (
    <div
      ref={root}
      class={styles.player}
      data-idle={isIdle && isPlaying ? '' : undefined}
      data-state={view}
      style={{ '--hue': hueOf(name) }}
      onPointerMove={markActive}
      onPointerDown={markActive}
      onFocusIn={markActive}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: captions are not part of a live WebRTC stream. */}
      <video
        ref={video}
        class={styles.video}
        data-testid="video"
        playsInline
        aria-label={strings.video(name)}
        onDblClick={fullscreen}
      />
      {(view === 'live' || view === 'reconnecting') && (
        <Suspended>
          <Picture {...{ player, name, title, root, hasTheater, fullscreen }} />
        </Suspended>
      )}
      {player.reason !== 'live' && <Curtain player={player} name={name} />}
      {view === 'live' && isPaused && (
        <button type="button" class={styles.big} onClick={player.togglePause}>
          <Icon of={Play} size={28} />
          {strings.play}
        </button>
      )}
      {view === 'live' && !isPaused && sound.isRefused && (
        <button
          type="button"
          class={styles.big}
          onClick={() => player.setMuted(false)}
          data-testid="tap-to-unmute"
        >
          <Icon of={VolumeX} size={28} />
          {strings.tapToUnmute}
        </button>
      )}
    </div>
  )
}

/** The message that covers the player while it shows no moving picture. */
function Curtain({ player: { view, reason, retry }, name }: { player: Player; name: string }) {
  const isSheer = view === 'reconnecting' || reason === 'pictureStopped'
  return (
    <div class={`${styles.curtain} ${isSheer ? styles.sheer : ''}`} role="status">
      {reason === 'signedInOnly' || reason === 'forAdults' ? (
        <Suspended>
          <KeptOut reason={reason} />
        </Suspended>
      ) : (
        <>
          {view !== 'offline' && view !== 'live' && (
            <span class={styles.spinner} aria-hidden="true" />
          )}
          <p class={styles.words}>{strings.curtain[reason](name)}</p>
          {reason === 'offline' && <p class={styles.aside}>{strings.offlineText}</p>}
          {reason === 'unreachable' && (
            <button type="button" class={styles.retry} onClick={retry}>
              {uiStrings.retry}
            </button>
          )}
        </>
      )}
    </div>
  )
}
