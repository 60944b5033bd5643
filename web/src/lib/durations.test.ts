import { expect, test } from 'vitest'
import { formatDuration, timeLeft } from './durations'

test.each([
  [0, '0 seconds'],
  [-5, '0 seconds'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [250, '4 minutes 10 seconds'],
  [3_599.6, '1 hour'],
  [3_601, '1 hour'],
  [7_500, '2 hours 5 minutes'],
  [97_200, '1 day 3 hours'],
  [1_209_600, '14 days'],
])('%d seconds are %s', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words)
})

test('a part of a second is still a second', () => {
  const now = Date.parse('2026-11-24T20:00:00Z')
  expect(timeLeft('2026-11-24T20:00:00.200Z', now)).toBe('1 second')
  expect(timeLeft('2026-11-24T20:10:00Z', now)).toBe('10 minutes')
  expect(timeLeft('2026-11-24T19:00:00Z', now)).toBe('0 seconds')
})
