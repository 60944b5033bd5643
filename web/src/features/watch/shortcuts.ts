/** Keyboard shortcuts of the player, as on other video sites. They are ignored while the viewer types. */
import { useEffect } from 'preact/hooks'
import { readStored, writeStored } from '../../lib/storage'
import { store } from '../../lib/store'
import { useLatest } from '../../lib/useLatest'
import type { Player } from './usePlayer'

const KEY = 'footlight.shortcuts'
const STEP = 0.05

export const areShortcutsOn = store(readStored(KEY) !== 'off')

export function switchShortcuts(on: boolean): void {
  writeStored(KEY, on ? null : 'off')
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

/** Return the command of a key press, or null if the key is meant for something else on the page. */
export function commandOf(event: KeyboardEvent): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const command = COMMANDS[key]
  if (!command) return null
  const target = event.target instanceof Element ? event.target : null
  if (target?.closest('input, textarea, select, [contenteditable], dialog, [role="menu"]'))
    return null
  // Space presses a focused button or link, and arrow keys scroll the page unless the player has the focus.
  if (key === ' ' && target?.closest('button, a, summary')) return null
  if (key.startsWith('Arrow') && !target?.closest('[data-state]')) return null
  return command
}

interface Target {
  player: Player
  fullscreen: () => void
}

export function useShortcuts(target: Target): void {
  const latest = useLatest(target)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!areShortcutsOn.get()) return
      const command = commandOf(event)
      if (!command) return
      event.preventDefault()
      const { player, fullscreen } = latest.current
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
