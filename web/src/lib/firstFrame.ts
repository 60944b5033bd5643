/** Whether a page with video has shown its first frame. Less urgent parts of the page wait for it. */
import { store } from './store'

export const isFirstFrameShown = store(false)

/** The rest of the page waits no longer than this for a stream that doesn't start. */
const MAX_WAIT_MS = 5_000

/** Start the wait when a page with video opens. */
export function awaitFirstFrame(): void {
  setTimeout(() => isFirstFrameShown.set(true), MAX_WAIT_MS)
}

/** Return whether a frame of this width is one of LiveKit's blank frames of 2x2 or 8x8 pixels, which end a track. */
export function isBlank(width: number): boolean {
  return width > 0 && width <= 16
}
