/** Words of the site: `t()` finds a string of `en.ts` and fills in its `{places}`, checked by the compiler. */
import { en } from './en'

type Places<Text> = Text extends `${string}{${infer Place}}${infer Rest}`
  ? Place | Places<Rest>
  : never

type PlacesOf<Entry> = Entry extends { one: infer One; other: infer Other }
  ? Places<One> | Places<Other> | 'count'
  : Places<Entry>

export type Key = keyof typeof en

type Values<K extends Key> = [PlacesOf<(typeof en)[K]>] extends [never]
  ? []
  : [values: Record<PlacesOf<(typeof en)[K]>, string | number>]

const plural = new Intl.PluralRules('en')
const number = new Intl.NumberFormat('en')

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** `950`, `1.2K`. */
export function compact(count: number): string {
  return short.format(count)
}

/** The string of that key. An entry with `one` and `other` is chosen by `count`. */
export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  const entry: string | { one: string; other: string } = en[key]
  const filled: Record<string, string | number> = values ?? {}
  const text =
    typeof entry === 'string'
      ? entry
      : plural.select(Number(filled.count)) === 'one'
        ? entry.one
        : entry.other
  return text.replace(/\{(\w+)\}/g, (_, place: string) => {
    const value = filled[place]
    return typeof value === 'number' ? number.format(value) : (value ?? '')
  })
}
