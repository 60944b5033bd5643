import Maximize from 'lucide/dist/esm/icons/maximize.mjs'
import Minimize from 'lucide/dist/esm/icons/minimize.mjs'
import Pause from 'lucide/dist/esm/icons/pause.mjs'
import Play from 'lucide/dist/esm/icons/play.mjs'
import Volume1 from 'lucide/dist/esm/icons/volume-1.mjs'
import Volume2 from 'lucide/dist/esm/icons/volume-2.mjs'
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs'
import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../../lib/text'
import { hueOf } from '../../ui/hue'
import { Icon } from '../../ui/Icon'
import { isFullscreen, toggleFullscreen } from './fullscreen'
import { ShortcutsHelp } from './ShortcutsHelp'
import { useShortcuts } from './shortcuts'
import type { Player } from './usePlayer'
import { useWakeLock } from './useWakeLock'
import styles from './VideoPlayer.module.css'

/** Controls go when the pointer has rested this long over a picture that moves. */
const REST_MS = 2_500

export function VideoPlayer({ player, name }: { player: Player; name: string }) {
  const { view, sound, isPaused, video } = player
  const root = useRef<HTMLDivElement>(null)
  const [isFull, setFull] = useState(false)
  const [isIdle, setIdle] = useState(false)
  const rest = useRef(0)
  const isPlaying = view === 'live' && !isPaused

  useEffect(() => {
    const changed = () => setFull(isFullscreen(root.current))
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [])
  useEffect(() => () => window.clearTimeout(rest.current), [])
  useWakeLock(isPlaying)

  const fullscreen = () => void toggleFullscreen(root.current, video.current)
  useShortcuts(view === 'live' ? { player, fullscreen } : null)

  const stir = () => {
    setIdle(false)
    window.clearTimeout(rest.current)
    rest.current = window.setTimeout(() => setIdle(true), REST_MS)
  }

  return (
    <div
      ref={root}
      class={`${styles.player} ${isIdle && isPlaying ? styles.idle : ''}`}
      data-state={view}
      style={{ '--hue': hueOf(name) }}
      onPointerMove={stir}
      onPointerDown={stir}
      onFocusIn={stir}
    >
      {/* biome-ignore lint/a11y/useMediaCaption: captions are not part of a live WebRTC stream. */}
      <video
        ref={video}
        class={styles.video}
        data-testid="video"
        playsInline
        aria-label={t('watch.video', { name })}
        onDblClick={fullscreen}
      />
      {view !== 'live' && <Curtain player={player} name={name} />}
      {view === 'live' && isPaused && (
        <button type="button" class={styles.big} onClick={player.togglePause}>
          <Icon of={Play} size={28} />
          {t('watch.play')}
        </button>
      )}
      {view === 'live' && !isPaused && sound.isRefused && (
        <button type="button" class={styles.big} onClick={() => player.setMuted(false)}>
          <Icon of={VolumeX} size={28} />
          {t('watch.tapToUnmute')}
        </button>
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; this is a set of buttons. */}
      <div
        class={styles.controls}
        role="group"
        aria-label={t('watch.controls')}
        hidden={view !== 'live'}
      >
        <button
          type="button"
          class={styles.control}
          aria-label={t(isPaused ? 'watch.play' : 'watch.pause')}
          onClick={player.togglePause}
        >
          <Icon of={isPaused ? Play : Pause} size={22} />
        </button>
        <Volume player={player} />
        <span class={styles.gap} />
        <ShortcutsHelp class={styles.control ?? ''} />
        <button
          type="button"
          class={styles.control}
          aria-label={t(isFull ? 'watch.leaveFullscreen' : 'watch.fullscreen')}
          onClick={fullscreen}
        >
          <Icon of={isFull ? Minimize : Maximize} size={22} />
        </button>
      </div>
    </div>
  )
}

function Volume({ player: { sound, setVolume, setMuted } }: { player: Player }) {
  const isSilent = sound.isMuted || sound.isRefused
  const percent = isSilent ? 0 : Math.round(sound.volume * 100)
  return (
    <div class={styles.volume}>
      <button
        type="button"
        class={styles.control}
        aria-label={t(isSilent ? 'watch.unmute' : 'watch.mute')}
        onClick={() => setMuted(!isSilent)}
      >
        <Icon of={isSilent ? VolumeX : sound.volume > 0.5 ? Volume2 : Volume1} size={22} />
      </button>
      <input
        type="range"
        class={styles.slider}
        min="0"
        max="100"
        step="5"
        value={percent}
        style={{ '--filled': `${percent}%` }}
        aria-label={t('watch.volume')}
        aria-valuetext={`${percent}%`}
        onInput={(event) => setVolume(Number(event.currentTarget.value) / 100)}
      />
    </div>
  )
}

/** What is said in front of a stage without a picture. */
function Curtain({ player: { view, words, retry }, name }: { player: Player; name: string }) {
  return (
    <div class={`${styles.curtain} ${view === 'reconnecting' ? styles.sheer : ''}`}>
      {view !== 'offline' && <span class={styles.spinner} aria-hidden="true" />}
      <p class={styles.words} role="status">
        {sentence(words, name)}
      </p>
      {view === 'offline' && words === 'offline' && (
        <p class={styles.aside}>{t('watch.offlineText')}</p>
      )}
      {words === 'unreachable' && (
        <button type="button" class={styles.retry} onClick={retry}>
          {t('watch.retry')}
        </button>
      )}
    </div>
  )
}

function sentence(words: Player['words'], name: string): string {
  return words === 'offline' || words === 'backSoon'
    ? t(`watch.${words}`, { name })
    : t(`watch.${words}`)
}
