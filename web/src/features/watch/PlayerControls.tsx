import type { IconNode } from 'lucide'
import Maximize from 'lucide/dist/esm/icons/maximize.mjs'
import Minimize from 'lucide/dist/esm/icons/minimize.mjs'
import Pause from 'lucide/dist/esm/icons/pause.mjs'
import Play from 'lucide/dist/esm/icons/play.mjs'
import RectangleHorizontal from 'lucide/dist/esm/icons/rectangle-horizontal.mjs'
import Settings from 'lucide/dist/esm/icons/settings-2.mjs'
import Volume1 from 'lucide/dist/esm/icons/volume-1.mjs'
import Volume2 from 'lucide/dist/esm/icons/volume-2.mjs'
import VolumeX from 'lucide/dist/esm/icons/volume-x.mjs'
import type { ButtonHTMLAttributes, RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { Icon } from '../../ui/Icon'
import * as strings from './controls.strings'
import { isFullscreen } from './fullscreen'
import styles from './PlayerControls.module.css'
import { toggleTheater } from './theater'
import type { Player } from './usePlayer'
import { useWakeLock } from './useWakeLock'

export interface PlayerControlsProps {
  player: Player
  name: string
  title: string | undefined
  /** The element that is shown in full screen. */
  root: RefObject<HTMLElement | null>
  /** Whether the page has theater mode. */
  hasTheater: boolean | undefined
  fullscreen(): void
}

interface Props extends PlayerControlsProps {
  /** Theater mode is on. */
  isWide: boolean
  /** Open the menu next to this button. */
  onMenu(opener: HTMLElement): void
}

/** The buttons over playing video. */
export function PlayerControls({ player, root, hasTheater, isWide, fullscreen, onMenu }: Props) {
  const [isFull, setFull] = useState(() => isFullscreen(root.current))

  useEffect(() => {
    const changed = () => setFull(isFullscreen(root.current))
    document.addEventListener('fullscreenchange', changed)
    return () => document.removeEventListener('fullscreenchange', changed)
  }, [root])
  useWakeLock(!player.isPaused)

  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms; this is a set of buttons.
    <div class={styles.controls} role="group" aria-label={strings.controls}>
      <Control
        label={player.isPaused ? strings.play : strings.pause}
        icon={player.isPaused ? Play : Pause}
        onClick={player.togglePause}
      />
      <Volume player={player} />
      <Control
        label={strings.menu}
        icon={Settings}
        aria-haspopup="menu"
        onClick={(event) => onMenu(event.currentTarget)}
      />
      {hasTheater && (
        <Control
          label={strings.theater}
          icon={RectangleHorizontal}
          aria-pressed={isWide}
          onClick={toggleTheater}
        />
      )}
      <Control
        label={isFull ? strings.exitFullScreen : strings.fullScreen}
        icon={isFull ? Minimize : Maximize}
        onClick={fullscreen}
      />
    </div>
  )
}

interface ControlProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon' | 'label'> {
  label: string
  icon: IconNode
}

function Control({ label, icon, ...rest }: ControlProps) {
  return (
    <button type="button" {...rest} class={styles.control} aria-label={label}>
      <Icon of={icon} size={22} />
    </button>
  )
}

function Volume({ player: { sound, setVolume, setMuted } }: { player: Player }) {
  const isSilent = sound.isMuted || sound.isRefused
  const percent = isSilent ? 0 : Math.round(sound.volume * 100)
  return (
    <div class={styles.volume}>
      <Control
        label={isSilent ? strings.unmute : strings.mute}
        icon={isSilent ? VolumeX : sound.volume > 0.5 ? Volume2 : Volume1}
        onClick={() => setMuted(!isSilent)}
      />
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
