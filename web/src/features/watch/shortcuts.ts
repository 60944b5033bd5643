/** Keys of the player, as on other video sites: never while somebody types, and off for those who want them off. */
import { useEffect, useRef } from 'preact/hooks'
import { recall, remember } from '../../lib/remembered'
import { store } from '../../lib/store'
import type { Player } from './usePlayer'

const KEY = 'footlight.shortcuts'
const STEP = 0.05

export const areShortcutsOn = store(recall(KEY) !== 'off')

export function switchShortcuts(on: boolean): void {
  remember(KEY, on ? null : 'off')
  areShortcutsOn.set(on)
}

export type Command = 'pause' | 'mute' | 'fullscreen' | 'louder' | 'quieter'

const COMMANDS: Readonly<Record<string, Command>> = {
  ' ': 'pause',
  k: 'pause',
  m: 'mute',
  f: 'fullscreen',
  ArrowUp: 'louder',
  ArrowDown: 'quieter',
}

/** What a key press asks of the player; null where it is meant for something else on the page. */
export function commandOf(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const command = COMMANDS[key]
  if (!command) return null
  const at = event.target instanceof Element ? event.target : null
  if (at?.closest('input, textarea, select, [contenteditable], dialog, [role="menu"]')) return null
  // A focused button or link is pressed by Space, and the arrows scroll the page unless the player has the focus.
  if (key === ' ' && at?.closest('button, a, summary')) return null
  if (key.startsWith('Arrow') && !at?.closest('[data-state]')) return null
  return command
}

interface Target {
  player: Player
  fullscreen: () => void
}

export function useShortcuts(target: Target): void {
  const current = useRef(target)
  current.current = target

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!areShortcutsOn.get()) return
      const command = commandOf(event)
      if (!command) return
      event.preventDefault()
      const { player, fullscreen } = current.current
      const { volume, isMuted, isRefused } = player.sound
      switch (command) {
        case 'pause':
          return player.togglePause()
        case 'mute':
          return player.setMuted(!(isMuted || isRefused))
        case 'fullscreen':
          return fullscreen()
        case 'louder':
          return player.setVolume(Math.min(1, (isMuted ? 0 : volume) + STEP))
        case 'quieter':
          return player.setVolume(Math.max(0, (isMuted ? 0 : volume) - STEP))
      }
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}
