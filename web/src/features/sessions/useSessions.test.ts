import { expect, test } from 'vitest'
import type { PastStreams } from '../../api/types'
import { withFirst } from './useSessions'

const list = (ids: string, next: string | null): PastStreams => ({
  next,
  sessions: [...ids].map((id) => ({
    id,
    startedAt: '2026-11-24T20:00:00Z',
    endedAt: '2026-11-24T21:00:00Z',
    reason: 'stopped',
    peakViewers: 1,
    averageViewers: 1,
  })),
})
const ids = ({ sessions }: PastStreams) => sessions.map(({ id }) => id).join('')

test('the first look has the first page', () => {
  expect(withFirst(list('cb', 'b'), undefined)).toEqual(list('cb', 'b'))
})

test('a new broadcast comes on top, and the pages that were opened stay', () => {
  const both = withFirst(list('dc', 'c'), list('cba', null))
  expect(ids(both)).toBe('dcba')
  expect(both.next).toBeNull()
})

test('nothing stays that would leave a hole', () => {
  const fresh = withFirst(list('fe', 'e'), list('cba', null))
  expect(ids(fresh)).toBe('fe')
  expect(fresh.next).toBe('e')
})

test('the first broadcast comes into an empty list', () => {
  expect(ids(withFirst(list('a', null), list('', null)))).toBe('a')
})
