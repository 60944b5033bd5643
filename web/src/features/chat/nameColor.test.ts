import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ON_DARK, ON_LIGHT } from './nameColor'

type Rgb = [number, number, number]

/** OKLCH to linear sRGB by Ottosson's matrices; colors that a screen can't show are clipped, as in browsers. */
function linear({ lightness, chroma }: { lightness: number; chroma: number }, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const clipped = (value: number) => Math.min(1, Math.max(0, value))
  return [
    clipped(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clipped(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clipped(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ]
}

function linearOfHex(hex: string): Rgb {
  const full =
    hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit) : hex.slice(1).match(/../g)
  return (full ?? []).map((pair) => {
    const value = Number.parseInt(pair, 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as Rgb
}

const luminance = ([red, green, blue]: Rgb) => 0.2126 * red + 0.7152 * green + 0.0722 * blue

function contrast(first: Rgb, second: Rgb): number {
  const [low = 0, high = 0] = [luminance(first), luminance(second)].sort((a, b) => a - b)
  return (high + 0.05) / (low + 0.05)
}

/** The backgrounds of a row: the panel, a row under the pointer, and a message that mentions the reader. */
const BACKGROUNDS = ['surface', 'hover', 'called']

test('every hue has enough contrast on every background, in the light and in the dark theme', () => {
  const css = ['../../ui/tokens.css', './MessageRow.module.css']
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('')
  for (const name of BACKGROUNDS) {
    const [, light, dark] =
      new RegExp(`--${name}: light-dark\\((#[0-9a-f]+), (#[0-9a-f]+)\\)`).exec(css) ?? []
    if (!light || !dark) throw new Error(`There is no background --${name}`)
    for (let hue = 0; hue < 360; hue += 1) {
      expect(contrast(linear(ON_LIGHT, hue), linearOfHex(light))).toBeGreaterThanOrEqual(4.5)
      expect(contrast(linear(ON_DARK, hue), linearOfHex(dark))).toBeGreaterThanOrEqual(4.5)
    }
  }
})
