/** Keyboard shortcuts of a page: whether they are on, and which key presses are meant for something else. */
import { readStored, writeStored } from './storage'
import { store } from './store'

const KEY = 'footlight.shortcuts'

export const areShortcutsOn = store(readStored(KEY) !== 'off')

export function switchShortcuts(on: boolean): void {
  writeStored(KEY, on ? null : 'off')
  areShortcutsOn.set(on)
}

/** Where keys have a meaning of their own. Sliders and switches leave letters to the page. */
const TAKES_KEYS =
  'input:not([type=range], [type=checkbox]), textarea, select, [contenteditable], dialog, [role=menu]'

/** Return whether a key press is meant for a field, a dialog, or a menu, or belongs to the browser or an input method. */
export function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return true
  return event.defaultPrevented || event.isComposing || isWithin(event.composedPath(), TAKES_KEYS)
}

/** Return whether an event's path has such an element. It includes shadow trees, such as the emoji picker's. */
export function isWithin(path: EventTarget[], selector: string): boolean {
  return path.some((node) => node instanceof Element && node.matches(selector))
}
