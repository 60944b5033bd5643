import { expect, test } from 'vitest'
import type { LogEntry } from '../../api/types'
import { describe, shorten, undoable } from './logEntries'

const READER_ID = 'a'.repeat(32)
const AT = '2026-11-24T20:00:00Z'
const NOW = Date.parse('2026-11-24T20:05:00Z')

function entry(action: LogEntry['action'], more: Partial<LogEntry> = {}): LogEntry {
  return {
    at: AT,
    by: { id: 'm'.repeat(32), name: 'mo' },
    action,
    whom: { viewerId: 'd'.repeat(32), name: 'dan' },
    text: null,
    until: null,
    reason: null,
    ...more,
  }
}

const timedOut = (until = '2026-11-24T20:10:00Z', more: Partial<LogEntry> = {}) =>
  entry('timed_out', { until, ...more })

test.each([
  [entry('deleted'), 'mo deleted a message from dan'],
  [timedOut(), 'mo timed out dan for 10 minutes'],
  [entry('timeout_ended'), 'mo ended the timeout of dan'],
  [entry('blocked'), 'mo blocked dan'],
  [entry('unblocked'), 'mo unblocked dan'],
  [entry('cleared', { whom: null }), 'mo cleared the chat'],
  [entry('appointed'), 'mo made dan a moderator'],
  [entry('dismissed'), 'mo removed dan as a moderator'],
  [entry('deleted', { whom: null }), 'mo deleted a message from someone'],
])('%o has a description', (entry, description) => {
  expect(describe(entry, READER_ID)).toBe(description)
})

test('the reader is called "You"', () => {
  expect(describe(entry('blocked', { by: { id: READER_ID, name: 'ann' } }), READER_ID)).toBe(
    'You blocked dan',
  )
})

test('an active timeout can be undone, one that has ended can not', () => {
  const active = timedOut()
  const ended = timedOut('2026-11-24T20:04:00Z', { whom: { viewerId: 'e', name: 'eve' } })
  expect([...undoable([active, ended], NOW)]).toEqual([[active, 'endTimeout']])
})

test('only the last timeout of a person can be undone', () => {
  const first = timedOut('2026-11-24T20:20:00Z')
  const second = timedOut()
  expect([...undoable([second, first], NOW).keys()]).toEqual([second])
  expect(undoable([entry('timeout_ended'), second, first], NOW).size).toBe(0)
})

test('blocks and timeouts are undone separately, and so is each person', () => {
  const block = entry('blocked')
  const timeout = timedOut()
  const others = entry('unblocked', { whom: { viewerId: 'e', name: 'eve' } })
  expect([...undoable([others, block, timeout], NOW)]).toEqual([
    [block, 'unblock'],
    [timeout, 'endTimeout'],
  ])
  expect(undoable([entry('unblocked'), block], NOW).size).toBe(0)
})

test("other actions can't be undone", () => {
  const others = (['deleted', 'cleared', 'appointed', 'dismissed'] as const).map((action) =>
    entry(action),
  )
  expect(undoable(others, NOW).size).toBe(0)
})

test('a long text is cut between graphemes, a short one is not', () => {
  expect(shorten('x'.repeat(150))).toBeNull()
  expect(shorten('x'.repeat(500))).toBe(`${'x'.repeat(140)}…`)
  expect(shorten('👩‍👩‍👧'.repeat(200))).toBe(`${'👩‍👩‍👧'.repeat(140)}…`)
  expect(shorten('')).toBeNull()
})
