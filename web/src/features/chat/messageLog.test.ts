import { expect, test } from 'vitest'
import type { Message } from './message'
import { createMessageLog, type MessageLog } from './messageLog'

function aMessage(id: string, sentAt: number, viewerId = 'ann'): Message {
  return {
    id,
    text: id,
    sentAt,
    from: { identity: `${viewerId}:aaaaaaaa`, name: viewerId, role: 'viewer' },
    links: [],
    viewerId,
  }
}

const idsOf = (log: MessageLog) => log.messages.map(({ id }) => id)

/** Return a generator of the same numbers in [0, 1) in each run, so that a failure can be reproduced. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items]
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T]
  }
  return mixed
}

test('packets, pages, and repeats in any order give the same list', () => {
  const people = ['ann', 'bob', 'cleo']
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = numbers(seed)
    const below = (limit: number) => Math.floor(random() * limit)
    const all = Array.from({ length: 60 }, (_, index) =>
      // Many have the same millisecond, and are ordered by id.
      aMessage(`m${String(below(1000)).padStart(3, '0')}-${index}`, below(30), people[below(3)]),
    )
    type Step = (log: MessageLog) => void
    const steps: Step[] = all.flatMap((message) =>
      Array.from({ length: 1 + below(3) }, (): Step => (log) => log.add(message)),
    )
    for (let count = below(4); count > 0; count -= 1) {
      const { id } = all[below(60)] as Message
      steps.push((log) => log.remove(id))
    }
    if (seed % 3 === 0) {
      const [viewerId, at] = [people[below(3)] as string, below(30)]
      steps.push((log) => log.purge(viewerId, at))
    }
    if (seed % 4 === 0) {
      const at = below(20)
      steps.push((log) => log.clear(at))
    }
    const lists = Array.from({ length: 4 }, () => {
      const log = createMessageLog()
      for (const step of shuffled(steps, random)) step(log)
      return idsOf(log)
    })
    for (const list of lists) expect(list).toEqual(lists[0])
    const order = (lists[0] as string[]).map(
      (id) => all.find((message) => message.id === id) as Message,
    )
    for (const [index, message] of order.entries()) {
      const before = order[index - 1]
      if (!before) continue
      expect(before.sentAt < message.sentAt || before.id < message.id).toBe(true)
    }
  }
})

test('a deleted message does not return', () => {
  const log = createMessageLog()
  log.remove('late')
  expect(log.add(aMessage('late', 5))).toBe(false)
  for (const message of [
    aMessage('a', 1, 'ann'),
    aMessage('b', 2, 'bob'),
    aMessage('c', 3, 'ann'),
  ]) {
    log.add(message)
  }
  log.purge('ann', 2)
  expect(idsOf(log)).toEqual(['b', 'c'])
  expect(log.add(aMessage('a', 1, 'ann'))).toBe(false)
  log.clear(2)
  expect(idsOf(log)).toEqual(['c'])
  expect(log.add(aMessage('d', 2, 'bob'))).toBe(false)
  expect(log.add(aMessage('e', 4, 'ann'))).toBe(true)
})

test('older pages are added in front, and late packets in their place', () => {
  const log = createMessageLog()
  for (const message of [aMessage('e', 5), aMessage('f', 6)]) log.add(message)
  for (const message of [aMessage('a', 1), aMessage('b', 2)]) log.add(message)
  log.add(aMessage('c', 3))
  expect(idsOf(log)).toEqual(['a', 'b', 'c', 'e', 'f'])
  expect(log.countAfter(aMessage('c', 3))).toBe(2)
  expect(log.countAfter(aMessage('d', 4))).toBe(2)
})

test('after a gap the server’s pages replace the log, except for messages that arrived since', () => {
  const log = createMessageLog()
  for (const message of [aMessage('a', 1), aMessage('b', 2), aMessage('c', 3)]) log.add(message)
  const newest = log.messages.at(-1)
  log.add(aMessage('e', 5))
  log.renew([aMessage('b', 2), aMessage('d', 4)], newest)
  expect(idsOf(log)).toEqual(['b', 'd', 'e'])
  log.renew([aMessage('d', 4)], undefined)
  expect(idsOf(log)).toEqual(['b', 'd', 'e'])
  expect(log.add(aMessage('a', 1))).toBe(true) // it was dropped
})

test('the oldest messages are dropped', () => {
  const log = createMessageLog()
  for (let at = 0; at < 10; at += 1) log.add(aMessage(`m${at}`, at))
  log.trim(3)
  expect(idsOf(log)).toEqual(['m7', 'm8', 'm9'])
  log.trim(5)
  expect(log.messages).toHaveLength(3)
  expect(log.add(aMessage('m0', 0))).toBe(true) // it was dropped
})

test('one more message costs the same among ten thousand', () => {
  const log = createMessageLog()
  for (let at = 0; at < 10_000; at += 1) log.add(aMessage(`m${at}`, at))
  const before = log.messages
  const start = performance.now()
  for (let at = 10_000; at < 11_000; at += 1) log.add(aMessage(`m${at}`, at))
  expect((performance.now() - start) / 1000).toBeLessThan(0.2)
  expect(log.messages).toBe(before)
})
