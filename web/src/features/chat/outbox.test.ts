import { expect, test } from 'vitest'
import { afterwards, nextOf, type OutboxEvent, outboxOf, type Unsent } from './outbox'

const after = (...events: OutboxEvent[]) => events.reduce(afterwards, [] as readonly Unsent[])
const written = (id: string): OutboxEvent => ({ type: 'written', id, text: `text of ${id}` })

test('messages go out one by one, in the order in which they were written', () => {
  expect(nextOf(after())).toBeNull()
  expect(nextOf(after(written('a'), written('b')))?.id).toBe('a')
  expect(nextOf(after(written('a'), written('b'), { type: 'taken', id: 'a' }))?.id).toBe('b')
})

test('one that came too early keeps its text and its place', () => {
  const early = after(written('a'), written('b'), { type: 'early', id: 'a', dueAt: 5000 })
  expect(nextOf(early)).toMatchObject({ id: 'a', state: 'early', dueAt: 5000, text: 'text of a' })
  const sent = afterwards(early, { type: 'again', id: 'a' })
  expect(nextOf(sent)).toMatchObject({ id: 'a', state: 'sending', dueAt: null })
})

test('one that failed holds up nobody and may be tried again', () => {
  const failed = { type: 'failed', id: 'a', code: 'unavailable', detail: 'Busy' } as const
  const outbox = after(written('a'), written('b'), failed)
  expect(nextOf(outbox)?.id).toBe('b')
  expect(outbox[0]).toMatchObject({ state: 'failed', code: 'unavailable', detail: 'Busy' })
  expect(nextOf(afterwards(outbox, { type: 'again', id: 'a' }))).toMatchObject({
    id: 'a',
    code: null,
  })
  expect(afterwards(outbox, { type: 'dropped', id: 'a' }).map(({ id }) => id)).toEqual(['b'])
})

test('a message that is heard of twice is taken once', () => {
  const outbox = after(written('a'), { type: 'taken', id: 'a' })
  expect(outbox).toEqual([])
  expect(afterwards(outbox, { type: 'taken', id: 'a' })).toBe(outbox)
  expect(afterwards(outbox, { type: 'failed', id: 'a', code: 'x', detail: '' })).toEqual([])
})

test('a reload keeps all of it, and takes nothing for a message that is none', () => {
  const outbox = after(written('a'), { type: 'early', id: 'a', dueAt: 5 }, written('b'))
  expect(outboxOf(JSON.stringify(outbox))).toEqual(outbox)
  for (const kept of [null, '', '{', '{}', 'null', '[1,null,{}]', '[{"id":"a","text":1}]']) {
    expect(outboxOf(kept)).toEqual([])
  }
})
