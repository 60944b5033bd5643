import { expect, test } from 'vitest'
import { addWords, MAX_WORD_LENGTH, MAX_WORDS } from './blockedWords'

test('commas and lines separate words; outer spaces and empty words are dropped', () => {
  expect(addWords(' one, two words ,,\r\nthree\n\n', ['zero']).words).toEqual([
    'zero',
    'one',
    'two words',
    'three',
  ])
})

test('a word is listed once, whatever its case and Unicode composition', () => {
  const { words, existing } = addWords('SPAM, caf\u0065\u0301, new, New', ['spam', 'café'])
  expect(words).toEqual(['spam', 'café', 'new'])
  expect(existing).toEqual(['spam', 'café', 'new'])
})

test('a word may have as many characters as the limit', () => {
  const longest = '💡'.repeat(MAX_WORD_LENGTH)
  const { words, tooLong } = addWords(`${longest},${longest}x`, [])
  expect(words).toEqual([longest])
  expect(tooLong).toEqual([`${longest}x`])
})

test('a word may contain a star, but not only stars', () => {
  const { words, matchesAll } = addWords('bad*, *, * *', [])
  expect(words).toEqual(['bad*'])
  expect(matchesAll).toEqual(['*', '* *'])
})

test('words that exceed the length of the list are reported', () => {
  const before = Array.from({ length: MAX_WORDS - 1 }, (_, index) => `word${index}`)
  const { words, noRoom, existing } = addWords('last, over, word0', before)
  expect(words).toHaveLength(MAX_WORDS)
  expect(words.at(-1)).toBe('last')
  expect(noRoom).toEqual(['over'])
  expect(existing).toEqual(['word0'])
})
