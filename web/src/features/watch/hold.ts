/** Keeps a paused player paused until the viewer resumes it. A new track starts the element on its own. */

export interface Hold {
  /** Whether the viewer has paused. */
  isHeld(): boolean
  /** The viewer resumes. */
  release(): void
  /** A track was attached. */
  onAttached(element: HTMLVideoElement): void
  /** The element was paused or started. Return true if it was started by a track, and is paused again. */
  onPaused(element: HTMLVideoElement, isPaused: boolean): boolean
}

/** LiveKit's client starts the element within this time of an attach: in Firefox and Safari, after a timeout. */
const START_MS = 1_000

export function createHold(): Hold {
  let isHeld = false
  let attachedAt = -Infinity
  return {
    isHeld: () => isHeld,
    release() {
      isHeld = false
    },
    onAttached(element) {
      attachedAt = Date.now()
      if (isHeld) element.pause()
    },
    onPaused(element, isPaused) {
      if (isHeld && !isPaused && Date.now() - attachedAt < START_MS) {
        element.pause()
        return true
      }
      isHeld = isPaused
      return false
    },
  }
}
