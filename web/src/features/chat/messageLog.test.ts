import { expect, test } from 'vitest'
import type { Message } from './message'
import { type MessageLog, messageLog } from './messageLog'

function said(id: string, sentAt: number, viewerId = 'ann'): Message {
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

/** The same numbers from 0 to 1 in each run: a failure can be seen again. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

function shuffled<T>(things: readonly T[], random: () => number): T[] {
  const mixed = [...things]
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1))
    ;[mixed[last], mixed[other]] = [mixed[other] as T, mixed[last] as T]
  }
  return mixed
}

test('whatever the order of packets, pages and repeats, the list is the same', () => {
  const people = ['ann', 'bob', 'cleo']
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = numbers(seed)
    const some = (most: number) => Math.floor(random() * most)
    const all = Array.from({ length: 60 }, (_, index) =>
      // Many in the same millisecond: then the ids tell.
      said(`m${String(some(1000)).padStart(3, '0')}-${index}`, some(30), people[some(3)]),
    )
    type Step = (log: MessageLog) => void
    const steps: Step[] = all.flatMap((message) =>
      Array.from({ length: 1 + some(3) }, (): Step => (log) => log.add(message)),
    )
    for (let count = some(4); count > 0; count -= 1) {
      const { id } = all[some(60)] as Message
      steps.push((log) => log.remove(id))
    }
    if (seed % 3 === 0) {
      const [viewerId, at] = [people[some(3)] as string, some(30)]
      steps.push((log) => log.purge(viewerId, at))
    }
    if (seed % 4 === 0) {
      const at = some(20)
      steps.push((log) => log.clear(at))
    }
    const lists = Array.from({ length: 4 }, () => {
      const log = messageLog()
      for (const step of shuffled(steps, random)) step(log)
      return idsOf(log)
    })
    for (const list of lists) expect(list).toEqual(lists[0])
    const order = (lists[0] as string[]).map((id) => all.find((one) => one.id === id) as Message)
    for (const [index, message] of order.entries()) {
      const before = order[index - 1]
      if (!before) continue
      expect(before.sentAt < message.sentAt || before.id < message.id).toBe(true)
    }
  }
})

test('what was taken away does not come back', () => {
  const log = messageLog()
  log.remove('late')
  expect(log.add(said('late', 5))).toBe(false)
  for (const message of [said('a', 1, 'ann'), said('b', 2, 'bob'), said('c', 3, 'ann')]) {
    log.add(message)
  }
  log.purge('ann', 2)
  expect(idsOf(log)).toEqual(['b', 'c'])
  expect(log.add(said('a', 1, 'ann'))).toBe(false)
  log.clear(2)
  expect(idsOf(log)).toEqual(['c'])
  expect(log.add(said('d', 2, 'bob'))).toBe(false)
  expect(log.add(said('e', 4, 'ann'))).toBe(true)
})

test('older pages come in front, late packets in their place', () => {
  const log = messageLog()
  for (const message of [said('e', 5), said('f', 6)]) log.add(message)
  for (const message of [said('a', 1), said('b', 2)]) log.add(message)
  log.add(said('c', 3))
  expect(idsOf(log)).toEqual(['a', 'b', 'c', 'e', 'f'])
  expect(log.countAfter(said('c', 3))).toBe(2)
  expect(log.countAfter(said('d', 4))).toBe(2)
})

test('after a gap the server’s pages stand: what they lack is gone, what came since stays', () => {
  const log = messageLog()
  for (const message of [said('a', 1), said('b', 2), said('c', 3)]) log.add(message)
  const asked = log.messages.at(-1)
  log.add(said('e', 5))
  log.renew([said('b', 2), said('d', 4)], asked)
  expect(idsOf(log)).toEqual(['b', 'd', 'e'])
  log.renew([said('d', 4)], undefined)
  expect(idsOf(log)).toEqual(['b', 'd', 'e'])
  expect(log.add(said('a', 1))).toBe(true) // it is not known any more
})

test('the oldest are let go of', () => {
  const log = messageLog()
  for (let at = 0; at < 10; at += 1) log.add(said(`m${at}`, at))
  log.trim(3)
  expect(idsOf(log)).toEqual(['m7', 'm8', 'm9'])
  log.trim(5)
  expect(log.messages).toHaveLength(3)
  expect(log.add(said('m0', 0))).toBe(true) // it is not known any more
})

test('one more message costs the same among ten thousand', () => {
  const log = messageLog()
  for (let at = 0; at < 10_000; at += 1) log.add(said(`m${at}`, at))
  const before = log.messages
  const start = performance.now()
  for (let at = 10_000; at < 11_000; at += 1) log.add(said(`m${at}`, at))
  expect((performance.now() - start) / 1000).toBeLessThan(0.2)
  expect(log.messages).toBe(before)
})
