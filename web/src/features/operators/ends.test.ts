import { expect, test } from 'vitest'
import { fieldValue, instantOf } from './ends'

const NOW = Date.parse('2026-11-30T12:00:00Z')

test('an empty field is a suspension without an end', () => {
  expect(instantOf('', NOW)).toBeNull()
  expect(fieldValue(null)).toBe('')
})

test('a local time becomes an instant, and back', () => {
  const instant = '2026-12-05T08:07:00.000Z'
  expect(fieldValue(instant)).toMatch(/^2026-12-0\dT\d\d:\d\d$/)
  expect(instantOf(fieldValue(instant), NOW)).toBe(instant)
})

test.each(['2026-11-28T12:00', '202', 'tomorrow'])('%s is no end in the future', (value) => {
  expect(instantOf(value, NOW)).toBeUndefined()
})
