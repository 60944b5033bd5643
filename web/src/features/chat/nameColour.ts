/** The colour of a name: its own hue, light or dark enough to be read on whatever a row of the chat lies on. */
import { hueOf } from '../../ui/hue'

/** Lightness and chroma, as OKLCH has them, on a light and on a dark ground. */
export const ON_LIGHT = { lightness: 0.48, chroma: 0.15 } as const
export const ON_DARK = { lightness: 0.8, chroma: 0.12 } as const

export function nameColour(name: string): string {
  const hue = hueOf(name)
  return `light-dark(${colour(ON_LIGHT, hue)}, ${colour(ON_DARK, hue)})`
}

function colour({ lightness, chroma }: { lightness: number; chroma: number }, hue: number): string {
  return `oklch(${lightness} ${chroma} ${hue}deg)`
}
