/**
 * Whether a page with video has shown its first picture: what can wait until then does, so that nothing is in its way.
 */
import { store } from './store'

export const firstPicture = store(false)

/** A stream that does not begin must not hold up the rest for longer than this. */
const PATIENCE_MS = 2_000

/** Called as a page with video opens; the same page's next call changes nothing. */
export function awaitFirstPicture(): void {
  setTimeout(() => firstPicture.set(true), PATIENCE_MS)
}
