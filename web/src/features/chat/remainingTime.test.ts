import { expect, test } from 'vitest'
import { remainingTime } from './remainingTime'

test('the remaining time is short', () => {
  const texts = [0, 400, 3000, 59_001, 65_000, 599_000, 600_000, 3_600_000, 5_400_000].map(
    remainingTime,
  )
  expect(texts).toEqual([
    '0 s',
    '1 s',
    '3 s',
    '1:00 min',
    '1:05 min',
    '9:59 min',
    '10 min',
    '1 h',
    '1 h 30 min',
  ])
  expect(remainingTime(24 * 3_600_000)).toBe('1 d')
  expect(remainingTime(13.5 * 24 * 3_600_000)).toBe('13 d 12 h')
})
