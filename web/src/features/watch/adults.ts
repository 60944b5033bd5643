/**
 * Whether the viewer at this browser has confirmed that they are 18 or older. They are asked once, for all channels.
 *
 * It is kept in this browser and never sent. Guests can confirm too, the pages stay the same for everyone in the edge's
 * cache, and the site learns no one's age. A cookie would be sent with every request.
 */
import { readStored, writeStored } from '../../lib/storage'
import { store, useStore } from '../../lib/store'

const KEY = 'footlight.adult'

export const isAdult = store(readStored(KEY) !== null)

/** Return true unless the viewer must first confirm their age for this stream. */
export function useMaySee(stream: { isForAdults: boolean } | undefined): boolean {
  return useStore(isAdult) || !stream?.isForAdults
}

export function confirmAge(): void {
  writeStored(KEY, 'confirmed')
  isAdult.set(true)
}
