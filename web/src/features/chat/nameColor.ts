/** The color of a name: its own hue, with enough contrast on every background of a chat row. */
import { hueOf } from '../../ui/hue'

/** Lightness and chroma in OKLCH, on a light and on a dark background. */
export const ON_LIGHT = { lightness: 0.48, chroma: 0.15 } as const
export const ON_DARK = { lightness: 0.8, chroma: 0.12 } as const

export function nameColor(name: string): string {
  const hue = hueOf(name)
  return `light-dark(${oklch(ON_LIGHT, hue)}, ${oklch(ON_DARK, hue)})`
}

function oklch({ lightness, chroma }: { lightness: number; chroma: number }, hue: number): string {
  return `oklch(${lightness} ${chroma} ${hue}deg)`
}
