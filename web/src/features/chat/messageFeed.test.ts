import type { Room } from 'livekit-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChatMessage, ChatPage } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { createMessageFeed } from './messageFeed'

const BOB = 'b'.repeat(32)
const GUEST = '0b8f2c0e-5a1c-4b53-9f5c-1f1b2c3d4e5f'
const NOW = Date.parse('2026-11-24T20:00:00Z')

beforeEach(() => {
  vi.useFakeTimers({ now: NOW })
  vi.stubGlobal('window', globalThis)
  vi.stubGlobal('requestAnimationFrame', (render: () => void) => setTimeout(render, 16))
  vi.stubGlobal('cancelAnimationFrame', clearTimeout)
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => vi.useRealTimers())

function aMessage(id: string, sentAt: number, viewerId = GUEST): ChatMessage {
  const from = { identity: `${viewerId}:aaaaaaaa`, name: viewerId, role: 'viewer' } as const
  return { id, text: id, sentAt, from, links: [] }
}

const aPage = (messages: ChatMessage[], before: string | null = null): ChatPage => ({
  messages,
  before,
  you: { role: 'viewer', timedOutUntil: null },
})

/** A room whose events a test sends. */
function aRoom() {
  type Listener = (...values: unknown[]) => void
  const listeners = new Map<string, Listener>()
  const room = {
    on(name: string, listener: Listener) {
      listeners.set(name, listener)
      return room
    },
    off(name: string, listener: Listener) {
      if (listeners.get(name) === listener) listeners.delete(name)
      return room
    },
  }
  return {
    room: room as unknown as Room,
    listeners,
    emit: (name: string, ...values: unknown[]) => listeners.get(name)?.(...values),
    receive(
      packet: object,
      { sender, topic = 'chat.v1' }: { sender?: object; topic?: string } = {},
    ) {
      const payload = new TextEncoder().encode(JSON.stringify(packet))
      listeners.get('dataReceived')?.(payload, sender, undefined, topic)
    },
  }
}

/** A feed, read by bob, whose API returns these pages one after another. An error is thrown. */
function aFeed(...pages: (ChatPage | Refusal)[]) {
  const own: string[] = []
  const messages = vi.fn(async (_before?: string) => {
    const page = pages.shift() ?? aPage([])
    if (page instanceof Refusal) throw page
    return page
  })
  const feed = createMessageFeed({ messages, post: vi.fn() }, () => ({
    me: BOB,
    onOwn: (id) => own.push(id),
  }))
  return { feed, own, messages, ids: () => feed.log.messages.map(({ id }) => id) }
}

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

test('it loads the newest page, and then adds the packets of the room', async () => {
  const { feed, ids } = aFeed(aPage([aMessage('a', 1)]))
  const { room, receive } = aRoom()
  feed.follow(room)
  expect(feed.state.get().status).toBe('loading')
  await pass()
  expect(feed.state.get().status).toBe('ready')
  receive({ type: 'message', ...aMessage('b', 2) })
  receive({ type: 'message', ...aMessage('c', 3) })
  receive({ type: 'deleted', id: 'a' })
  expect(ids()).toEqual(['b', 'c'])
})

test('changes are shown at most once per frame', async () => {
  const { feed } = aFeed()
  const { room, receive } = aRoom()
  feed.follow(room)
  await pass(16)
  const { version } = feed.state.get()
  for (let at = 1; at <= 5; at += 1) receive({ type: 'message', ...aMessage(`m${at}`, at) })
  expect(feed.state.get().version).toBe(version)
  await pass(16)
  expect(feed.state.get().version).toBe(version + 1)
})

test('packets of participants and of other topics are ignored', async () => {
  const { feed, ids } = aFeed()
  const { room, receive } = aRoom()
  feed.follow(room)
  await pass()
  receive({ type: 'message', ...aMessage('a', 1) }, { sender: {} })
  receive({ type: 'message', ...aMessage('b', 2) }, { topic: 'other' })
  expect(ids()).toEqual([])
})

test("the reader's own messages are reported, from the history and from the room", async () => {
  const { feed, own } = aFeed(aPage([aMessage('a', 1, BOB), aMessage('b', 2)]))
  const { room, receive } = aRoom()
  feed.follow(room)
  await pass()
  receive({ type: 'message', ...aMessage('c', 3, BOB) })
  expect(own).toEqual(['a', 'c'])
})

test('a timeout removes the messages, and ends by the clock of this device', async () => {
  const { feed, ids } = aFeed(aPage([aMessage('a', 1, BOB), aMessage('b', 2)]))
  const { room, receive } = aRoom()
  feed.follow(room)
  await pass()
  const at = NOW - 3_600_000
  const until = new Date(at + 60_000).toISOString()
  receive({ type: 'timedOut', viewerId: BOB, at, until })
  expect(ids()).toEqual(['b'])
  expect(feed.state.get().timedOutUntil).toBe(NOW + 60_000)
  expect(feed.isTimedOut(BOB)).toBe(true)
  await pass(60_000)
  expect(feed.isTimedOut(BOB)).toBe(false)
})

test('the end of a timeout removes nothing', async () => {
  const { feed, ids } = aFeed(aPage([aMessage('a', 1, BOB)]))
  const { room, receive } = aRoom()
  feed.follow(room)
  await pass()
  feed.setTimedOutUntil(NOW + 60_000)
  receive({ type: 'timedOut', viewerId: BOB, at: 5, until: null })
  expect(feed.state.get().timedOutUntil).toBeNull()
  expect(ids()).toEqual(['a'])
})

test('a failure is shown before the first page, and retried until it works', async () => {
  const { feed } = aFeed(new Refusal(503, 'unavailable', ''), aPage([]))
  feed.follow(aRoom().room)
  await pass()
  expect(feed.state.get()).toMatchObject({ status: 'broken', refusal: { code: 'unavailable' } })
  await pass(7_500)
  expect(feed.state.get()).toMatchObject({ status: 'ready', refusal: null })
})

test('after a lost connection it loads the pages of the gap, at most four', async () => {
  const { feed, ids, messages } = aFeed(
    aPage([aMessage('a', 1)]),
    aPage([aMessage('d', 4)], 'c4'),
    aPage([aMessage('c', 3)], 'c3'),
    aPage([aMessage('a', 1), aMessage('b', 2)], 'c1'),
  )
  const { room, emit } = aRoom()
  feed.follow(room)
  await pass()
  emit('reconnecting')
  expect(feed.state.get().isInterrupted).toBe(true)
  emit('reconnected')
  expect(feed.state.get().isInterrupted).toBe(false)
  await pass(2_000)
  expect(messages.mock.calls).toEqual([[], [], ['c4'], ['c3']])
  expect(ids()).toEqual(['a', 'b', 'c', 'd'])

  const endless = aFeed(
    aPage([aMessage('a', 1)]),
    ...Array(9).fill(aPage([aMessage('z', 9)], 'next')),
  )
  await endless.feed.load()
  await endless.feed.load()
  expect(endless.messages).toHaveBeenCalledTimes(1 + 4)
})

test('older pages are added in front until there are none', async () => {
  const { feed, ids } = aFeed(aPage([aMessage('c', 3)], 'c3'), aPage([aMessage('b', 2)]))
  await feed.load()
  expect(feed.hasOlder()).toBe(true)
  await feed.loadOlder()
  expect(ids()).toEqual(['b', 'c'])
  expect(feed.hasOlder()).toBe(false)
})

test('a feed that no longer follows a room has no listeners and no retry', async () => {
  const { feed, messages } = aFeed(new Refusal(503, 'unavailable', ''))
  const { room, listeners } = aRoom()
  const stop = feed.follow(room)
  stop()
  await pass(60_000)
  expect(listeners.size).toBe(0)
  expect(messages).toHaveBeenCalledOnce()
})
