import { expect, test } from 'vitest'
import type { LogEntry } from '../../api/types'
import { beginning, sentence, undoable } from './logWords'

const MINE = 'a'.repeat(32)
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
])('%o is told', (one, words) => {
  expect(sentence(one, MINE)).toBe(words)
})

test('the reader is called you', () => {
  expect(sentence(entry('blocked', { by: { id: MINE, name: 'ann' } }), MINE)).toBe(
    'You blocked dan',
  )
})

test('a time-out that runs can be ended, one that is over can not', () => {
  const runs = timedOut()
  const isOver = timedOut('2026-11-24T20:04:00Z', { whom: { viewerId: 'e', name: 'eve' } })
  expect([...undoable([runs, isOver], NOW)]).toEqual([[runs, 'endTimeout']])
})

test('only what was done last to somebody can be undone', () => {
  const first = timedOut('2026-11-24T20:20:00Z')
  const second = timedOut()
  expect([...undoable([second, first], NOW).keys()]).toEqual([second])
  expect(undoable([entry('timeout_ended'), second, first], NOW).size).toBe(0)
})

test('blocks and time-outs are undone each by itself, and each person apart', () => {
  const block = entry('blocked')
  const timeout = timedOut()
  const others = entry('unblocked', { whom: { viewerId: 'e', name: 'eve' } })
  expect([...undoable([others, block, timeout], NOW)]).toEqual([
    [block, 'unblock'],
    [timeout, 'endTimeout'],
  ])
  expect(undoable([entry('unblocked'), block], NOW).size).toBe(0)
})

test('nothing else can be undone', () => {
  const others = (['deleted', 'cleared', 'appointed', 'dismissed'] as const).map((action) =>
    entry(action),
  )
  expect(undoable(others, NOW).size).toBe(0)
})

test('a long text is cut between characters, a short one is not', () => {
  expect(beginning('x'.repeat(150))).toBeNull()
  expect(beginning('x'.repeat(500))).toBe(`${'x'.repeat(140)}…`)
  expect(beginning('👩‍👩‍👧'.repeat(200))).toBe(`${'👩‍👩‍👧'.repeat(140)}…`)
  expect(beginning('')).toBeNull()
})
