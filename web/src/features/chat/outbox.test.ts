import { expect, test } from 'vitest'
import { nextToSend, type OutboxEvent, parseOutbox, reduceOutbox, type Unsent } from './outbox'

const after = (...events: OutboxEvent[]) => events.reduce(reduceOutbox, [] as readonly Unsent[])
const written = (id: string): OutboxEvent => ({ type: 'written', id, text: `text of ${id}` })

test('messages are sent one by one, in the order in which they were written', () => {
  expect(nextToSend(after())).toBeNull()
  expect(nextToSend(after(written('a'), written('b')))?.id).toBe('a')
  expect(nextToSend(after(written('a'), written('b'), { type: 'accepted', id: 'a' }))?.id).toBe('b')
})

test('a message that was sent too early keeps its text and its place', () => {
  const early = after(written('a'), written('b'), { type: 'early', id: 'a', dueAt: 5000 })
  expect(nextToSend(early)).toMatchObject({
    id: 'a',
    state: 'early',
    dueAt: 5000,
    text: 'text of a',
  })
  const sent = reduceOutbox(early, { type: 'retried', id: 'a' })
  expect(nextToSend(sent)).toMatchObject({ id: 'a', state: 'sending', dueAt: null })
})

test('a failed message does not hold up others, and can be retried', () => {
  const failed = { type: 'failed', id: 'a', code: 'unavailable', detail: 'Busy' } as const
  const outbox = after(written('a'), written('b'), failed)
  expect(nextToSend(outbox)?.id).toBe('b')
  expect(outbox[0]).toMatchObject({ state: 'failed', code: 'unavailable', detail: 'Busy' })
  expect(nextToSend(reduceOutbox(outbox, { type: 'retried', id: 'a' }))).toMatchObject({
    id: 'a',
    code: null,
  })
  expect(reduceOutbox(outbox, { type: 'discarded', id: 'a' }).map(({ id }) => id)).toEqual(['b'])
})

test('a message that is received twice is accepted once', () => {
  const outbox = after(written('a'), { type: 'accepted', id: 'a' })
  expect(outbox).toEqual([])
  expect(reduceOutbox(outbox, { type: 'accepted', id: 'a' })).toBe(outbox)
  expect(reduceOutbox(outbox, { type: 'failed', id: 'a', code: 'x', detail: '' })).toEqual([])
})

test('a reload keeps the outbox and ignores invalid items', () => {
  const outbox = after(written('a'), { type: 'early', id: 'a', dueAt: 5 }, written('b'))
  expect(parseOutbox(JSON.stringify(outbox))).toEqual(outbox)
  for (const stored of [null, '', '{', '{}', 'null', '[1,null,{}]', '[{"id":"a","text":1}]']) {
    expect(parseOutbox(stored)).toEqual([])
  }
})
