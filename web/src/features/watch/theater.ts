/**
 * Theater mode: the picture takes the width next to the chat, without the header and the list of channels.
 *
 * As on Twitch, it stays from channel to channel, and a reload ends it.
 */
import { store } from '../../lib/store'

export const isTheater = store(false)

export function toggleTheater(): void {
  isTheater.set(!isTheater.get())
}
