/**
 * Volume and mute of a video element: stored in the browser, and applied again after each attach.
 *
 * LiveKit's `attach()` writes `element.muted`, and mutes the element if the browser refuses sound. So the viewer's choice
 * is kept here, and never read from the element.
 */
import { readStored, writeStored } from '../../lib/storage'

export interface Sound {
  /** From 0 to 1. */
  volume: number
  isMuted: boolean
  /** The browser plays no sound before a tap. */
  isRefused: boolean
}

const KEY = 'footlight.sound'

export function storedSound(): Sound {
  const [volume, muted] = (readStored(KEY) ?? '').split(' ')
  const number = Number(volume)
  return {
    volume: volume && number >= 0 && number <= 1 ? number : 0.8,
    isMuted: muted === 'muted',
    isRefused: false,
  }
}

export function storeSound({ volume, isMuted }: Sound): void {
  writeStored(KEY, `${volume} ${isMuted ? 'muted' : 'heard'}`)
}

export function applyVolume(element: HTMLVideoElement, sound: Sound): void {
  element.volume = sound.volume
  element.muted = sound.isMuted
}

/** Apply the sound to the element and start it. Resolves with the sound that the browser allowed. */
export async function applySound(element: HTMLVideoElement, sound: Sound): Promise<Sound> {
  applyVolume(element, sound)
  try {
    await element.play()
    return { ...sound, isRefused: false }
  } catch (error) {
    const isRefused = error instanceof DOMException && error.name === 'NotAllowedError'
    if (!isRefused || sound.isMuted) return sound
    element.muted = true
    await element.play().catch(() => {
      // Some browsers play nothing before a tap. The tap for sound starts the video too.
    })
    return { ...sound, isRefused }
  }
}
