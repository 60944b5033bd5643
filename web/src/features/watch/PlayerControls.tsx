import Maximize from 'lucide/dist/esm/icons/maximize.mjs'
import Minimize from 'lucide/dist/esm/icons/minimize.mjs'
import Pause from 'lucide/dist/esm/icons/pause.mjs'
import Play from 'lucide/dist/esm/icons/play.mjs'
import Volume1 from 'lucide/dist/esm/icons/volume-1.mjs'
import Volume2 from 'lucide/dist/esm/icons/volume-2.mjs'
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs'
import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../../ui/Icon'
import * as strings from './controls.strings'
import { isFullscreen } from './fullscreen'
import styles from './PlayerControls.module.css'
import { ShortcutsHelp } from './ShortcutsHelp'
import { useShortcuts } from './shortcuts'
import type { Player } from './usePlayer'
import { useWakeLock } from './useWakeLock'

export interface PlayerControlsProps {
  player: Player
  /** The element that is shown in full screen. */
  root: RefObject<HTMLElement | null>
  fullscreen(): void
}

/** Controls while video plays: buttons, keyboard shortcuts, and a wake lock. */
export function PlayerControls({ player, root, fullscreen }: PlayerControlsProps) {
  const [isFull, setFull] = useState(() => isFullscreen(root.current))

  useEffect(() => {
    const changed = () => setFull(isFullscreen(root.current))
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [root])
  useShortcuts({ player, fullscreen })
  useWakeLock(!player.isPaused)

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; this is a set of buttons.
    <div class={styles.controls} role="group" aria-label={strings.controls}>
      <button
        type="button"
        class={styles.control}
        aria-label={player.isPaused ? strings.play : strings.pause}
        onClick={player.togglePause}
      >
        <Icon of={player.isPaused ? Play : Pause} size={22} />
      </button>
      <Volume player={player} />
      <span class={styles.gap} />
      <ShortcutsHelp class={styles.control ?? ''} />
      <button
        type="button"
        class={styles.control}
        aria-label={isFull ? strings.exitFullScreen : strings.fullScreen}
        onClick={fullscreen}
      >
        <Icon of={isFull ? Minimize : Maximize} size={22} />
      </button>
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
        aria-label={isSilent ? strings.unmute : strings.mute}
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
        aria-label={strings.volume}
        aria-valuetext={`${percent}%`}
        onInput={(event) => setVolume(Number(event.currentTarget.value) / 100)}
      />
    </div>
  )
}
