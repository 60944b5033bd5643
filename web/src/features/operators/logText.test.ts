import { expect, test } from 'vitest'
import type { OperatorLogEntry } from '../../api/types'
import { dateAndTime } from '../../lib/time'
import { describe } from './logText'

const ENTRY: OperatorLogEntry = {
  at: '2026-11-30T12:00:00.000Z',
  by: { id: 'o', name: 'olga' },
  action: 'suspended',
  whom: { id: 'b', name: 'bob' },
  reason: 'Spam',
  until: null,
  reportId: null,
}

test('an entry says who did what to whom', () => {
  expect(describe(ENTRY)).toBe('olga suspended bob')
  expect(describe({ ...ENTRY, action: 'lifted' })).toBe('olga lifted the suspension of bob')
  expect(describe({ ...ENTRY, action: 'approved' })).toBe('olga approved bob to stream')
  expect(describe({ ...ENTRY, action: 'withdrawn' })).toBe('olga withdrew bob’s approval to stream')
  const site = { id: 'site', name: 'the site' }
  expect(describe({ ...ENTRY, action: 'notice_set', whom: site })).toBe(
    'olga put a notice on every page',
  )
})

test('an entry says when a suspension ends', () => {
  const until = '2026-12-24T20:15:00.000Z'
  expect(describe({ ...ENTRY, until })).toBe(`olga suspended bob until ${dateAndTime(until)}`)
})
