import { expect, test } from 'vitest'
import { usageNow, usageToday } from './strings'

test('the use of a site without caps', () => {
  expect(usageNow(1, null, 12)).toBe('1 live channel, 12 viewers')
  expect(usageToday(45_000, null)).toBe('12.5 hours streamed today (UTC)')
})

test('the use of a site with caps names them', () => {
  expect(usageNow(3, 20, 1)).toBe('3 of 20 live channels, 1 viewer')
  expect(usageToday(3_600, 6)).toBe('1 hour streamed today (UTC), at most 6 for each channel')
})
