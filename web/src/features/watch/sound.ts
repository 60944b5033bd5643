/**
 * Volume and mute of a video element: remembered, and applied anew after each attach.
 *
 * LiveKit's `attach()` writes `element.muted`, and mutes by itself where the browser refuses sound, so what the viewer
 * wants is kept here and never read back from the element.
 */
import { recall, remember } from '../../lib/remembered'

export interface Sound {
  /** From 0 to 1. */
  volume: number
  isMuted: boolean
  /** The browser lets no sound start without a tap. */
  isRefused: boolean
}

const KEY = 'footlight.sound'

export function rememberedSound(): Sound {
  const [volume, muted] = (recall(KEY) ?? '').split(' ')
  const number = Number(volume)
  return {
    volume: volume && number >= 0 && number <= 1 ? number : 0.8,
    isMuted: muted === 'muted',
    isRefused: false,
  }
}

export function rememberSound({ volume, isMuted }: Sound): void {
  remember(KEY, `${volume} ${isMuted ? 'muted' : 'heard'}`)
}

/** Puts the sound on the element and starts it; resolves with the sound as it then is. */
export async function applySound(element: HTMLVideoElement, sound: Sound): Promise<Sound> {
  element.volume = sound.volume
  element.muted = sound.isMuted
  try {
    await element.play()
    return { ...sound, isRefused: false }
  } catch (error) {
    const refused = error instanceof DOMException && error.name === 'NotAllowedError'
    if (!refused || sound.isMuted) return sound
    element.muted = true
    await element.play().catch(() => {
      // A browser that plays nothing at all without a tap: the tap for sound starts it.
    })
    return { ...sound, isRefused: true }
  }
}
