/** Keyboard shortcuts of the player, as on other video sites. They are ignored while the viewer types. */
import { areShortcutsOn, isWithin } from '../../lib/keys'
import type { PlayerControlsProps } from './PlayerControls'
import { isTheater, toggleTheater } from './theater'

const STEP = 0.05

export type Command =
  | 'pause'
  | 'mute'
  | 'fullscreen'
  | 'theater'
  | 'leaveTheater'
  | 'louder'
  | 'quieter'

const COMMANDS: Readonly<Record<string, Command>> = {
  ' ': 'pause',
  k: 'pause',
  m: 'mute',
  f: 'fullscreen',
  t: 'theater',
  Escape: 'leaveTheater',
  ArrowUp: 'louder',
  ArrowDown: 'quieter',
}

/** A letter that no Latin layout has. An input method that is turned on hides the letter. */
const FOREIGN = /^(?!\p{Script=Latin})\p{L}$|^Process$/u

/** Return the command of a key press on this path of elements, or null if the page has another use for the key. */
export function commandOf(event: KeyboardEvent, path: EventTarget[]): Command | null {
  // Viewers who write Greek or Russian know these letters by their places.
  const key = FOREIGN.test(event.key) ? event.code.replace('Key', '') : event.key
  const command = COMMANDS[key.length === 1 ? key.toLowerCase() : key]
  if (!command) return null
  if (key.startsWith('Arrow')) {
    // Arrow keys scroll the page and move sliders, unless the player has the focus.
    return isWithin(path, '[data-state]') && !isWithin(path, 'input') ? command : null
  }
  // A key that is held down would turn this on and off.
  if (event.repeat) return null
  // Space presses a focused button or link.
  if (key === ' ' && isWithin(path, 'button, a, summary, [type=checkbox]')) return null
  if (command !== 'leaveTheater') return command
  // Escape first closes what is open over the page.
  return isTheater.get() && !document.fullscreenElement && !isPopoverOpen() ? command : null
}

function isPopoverOpen(): boolean {
  // Browsers before 2024 may have no popovers. A toast is one that Escape doesn't close.
  const open = ':popover-open:not([popover=manual])'
  return CSS.supports(`selector(${open})`) && document.querySelector(open) !== null
}

/** Act on a key press that no field and no menu takes. */
export function handleKey(
  event: KeyboardEvent,
  path: EventTarget[],
  { player, hasTheater, fullscreen }: PlayerControlsProps,
): void {
  const command = commandOf(event, path)
  if (command === 'leaveTheater') isTheater.set(false)
  if (!command || !areShortcutsOn.get()) return
  if (command === 'theater' && hasTheater) toggleTheater()
  if (player.view !== 'live') return
  event.preventDefault()
  const { volume, isMuted, isRefused } = player.sound
  const heard = isMuted ? 0 : volume
  if (command === 'pause') player.togglePause()
  if (command === 'mute') player.setMuted(!(isMuted || isRefused))
  if (command === 'fullscreen') fullscreen()
  if (command === 'louder') player.setVolume(Math.min(1, heard + STEP))
  if (command === 'quieter') player.setVolume(Math.max(0, heard - STEP))
}
