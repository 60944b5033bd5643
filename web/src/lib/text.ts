/**
 * Words of the site: `t()` finds a string and fills in its `{places}`, both checked by the compiler.
 *
 * Those of `en.ts` come with the site's first script; those of the other files come with the pages that need them.
 */
import { en } from './en'

type Words = typeof en &
  typeof import('./en.pages').pages &
  typeof import('./en.channels').channels &
  typeof import('./en.creator').creator &
  typeof import('./en.chat').chat &
  typeof import('./en.moderation').moderation &
  typeof import('./en.people').people &
  typeof import('./en.people').emoji

type Places<Text> = Text extends `${string}{${infer Place}}${infer Rest}`
  ? Place | Places<Rest>
  : never

type PlacesOf<Entry> = Entry extends { one: infer One; other: infer Other }
  ? Places<One> | Places<Other> | 'count'
  : Places<Entry>

export type Key = keyof Words

type Values<K extends Key> = [PlacesOf<Words[K]>] extends [never]
  ? []
  : [values: Record<PlacesOf<Words[K]>, string | number>]

const plural = new Intl.PluralRules('en')
const number = new Intl.NumberFormat('en')

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

/** `950`, `1.2K`. */
export function compact(count: number): string {
  return short.format(count)
}

type Entry = string | { one: string; other: string }

const known: Record<string, Entry> = { ...en }

/** Adds words that came later. */
export function learn(words: Record<string, Entry>): void {
  Object.assign(known, words)
}

/** The string of that key. An entry with `one` and `other` is chosen by `count`. */
export function t<K extends Key>(key: K, ...[values]: Values<K>): string {
  // A key that is spelt right but not loaded shows itself rather than break the page.
  const entry = known[key] ?? key
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
