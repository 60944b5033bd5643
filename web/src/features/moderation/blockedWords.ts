/** Parses the words that a creator adds to the list of blocked words. */

export const MAX_WORDS = 100
/** In characters. */
export const MAX_WORD_LENGTH = 50

export interface Added {
  /** The list, including the words that could be added. */
  words: string[]
  /** Words that are already on the list. */
  existing: string[]
  tooLong: string[]
  /** Words of `*` alone, which would match every message. */
  matchesAll: string[]
  /** Words that exceed the length of the list. */
  noRoom: string[]
}

/** Add one word, or several that are separated by commas or lines. */
export function addWords(typed: string, before: readonly string[]): Added {
  const added: Added = { words: [...before], existing: [], tooLong: [], matchesAll: [], noRoom: [] }
  const seen = new Set(before)
  for (const part of typed.split(/[,\r\n]/)) {
    // Normalize words the way the API does.
    const word = part.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()
    if (!word) continue
    if (seen.has(word)) added.existing.push(word)
    else if ([...word].length > MAX_WORD_LENGTH) added.tooLong.push(word)
    else if (/^[*\s]+$/.test(word)) added.matchesAll.push(word)
    else if (added.words.length >= MAX_WORDS) added.noRoom.push(word)
    else {
      seen.add(word)
      added.words.push(word)
    }
  }
  return added
}
