/** What somebody typed becomes words on the list. */

export const MOST_WORDS = 100
export const LONGEST_WORD = 50

export interface Added {
  /** The list with what could be added. */
  words: string[]
  /** Those that were there already. */
  known: string[]
  tooLong: string[]
  /** Nothing but `*`: they would find every message. */
  everything: string[]
  /** Those for which there is no room any more. */
  noRoom: string[]
}

/** Adds one word, or several that commas or lines divide. */
export function addWords(typed: string, before: readonly string[]): Added {
  const added: Added = { words: [...before], known: [], tooLong: [], everything: [], noRoom: [] }
  const seen = new Set(before)
  for (const part of typed.split(/[,\r\n]/)) {
    // As the API keeps them.
    const word = part.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()
    if (!word) continue
    if (seen.has(word)) added.known.push(word)
    else if ([...word].length > LONGEST_WORD) added.tooLong.push(word)
    else if (/^[*\s]+$/.test(word)) added.everything.push(word)
    else if (added.words.length >= MOST_WORDS) added.noRoom.push(word)
    else {
      seen.add(word)
      added.words.push(word)
    }
  }
  return added
}
