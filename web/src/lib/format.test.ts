import { expect, test } from 'vitest'
import { compact, plural } from './format'

test('a count selects its noun and gets separators', () => {
  expect(plural(1, 'viewer', 'viewers')).toBe('1 viewer')
  expect(plural(0, 'viewer', 'viewers')).toBe('0 viewers')
  expect(plural(12_500, 'viewer', 'viewers')).toBe('12,500 viewers')
})

test('large counts are short', () => {
  expect(compact(950)).toBe('950')
  expect(compact(1_234)).toBe('1.2K')
})
