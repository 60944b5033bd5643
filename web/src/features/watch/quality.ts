/** How much a viewer wants to receive. It is remembered in this browser, for all channels. */
import { readStored, writeStored } from '../../lib/storage'
import { store } from '../../lib/store'

/** `auto` fits the player's size, `sound` is no picture, and a number is the most lines that a picture has. */
export type Quality = 'auto' | 'sound' | `${number}`

const KEY = 'footlight.quality'

export const quality = store((readStored(KEY) ?? 'auto') as Quality)

export function chooseQuality(chosen: Quality): void {
  writeStored(KEY, chosen === 'auto' ? null : chosen)
  quality.set(chosen)
}
