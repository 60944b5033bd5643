/** Formats numbers for the language of this build. */

const LANGUAGE = 'en'

const whole = new Intl.NumberFormat(LANGUAGE)
const short = new Intl.NumberFormat(LANGUAGE, { notation: 'compact', maximumFractionDigits: 1 })

/** Return a number with separators: `12,500`. */
export function number(value: number): string {
  return whole.format(value)
}

/** Return a short number: `950`, `1.2K`. */
export function compact(count: number): string {
  return short.format(count)
}

/** Return a count with its noun: `1 viewer`, `12,500 viewers`. */
export function plural(count: number, one: string, other: string): string {
  return `${number(count)} ${count === 1 ? one : other}`
}
