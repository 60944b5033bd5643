// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ViewerToken } from '../api/types'
import { joinDelayMs } from './delays'
import { keepJoined } from './joinRoom'
import type { LeaveReason, RoomListener } from './liveRoom'
import { Refusal } from './refusal'

const TOKEN: ViewerToken = {
  token: 'viewer',
  serverUrl: 'ws://livekit',
  room: 'ann',
  identity: 'bob:aaaaaaaa',
  name: 'bob',
}

/** The doubles of the API, which hands out tokens or refusals, and of LiveKit's client. */
const double = vi.hoisted(() => ({
  refusals: [] as unknown[],
  listener: null as Partial<RoomListener> | null,
  join: vi.fn(async () => {}),
  leave: vi.fn(async () => {}),
  renameTab: vi.fn(),
}))
vi.mock('./viewerToken', () => ({
  requestViewerToken: async () => {
    const refusal = double.refusals.shift()
    if (refusal) throw refusal
    return TOKEN
  },
}))
vi.mock('./tab', () => ({ renameTab: double.renameTab }))
vi.mock('./liveRoom', () => ({
  openRoom(listener: Partial<RoomListener>) {
    double.listener = listener
    return { room: {}, join: double.join, leave: double.leave }
  },
}))

beforeEach(() => {
  Object.assign(double, { refusals: [], listener: null })
  vi.clearAllMocks()
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => vi.useRealTimers())

/** Let promises settle, without advancing the clock by more than `ms`. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)
const lose = (reason: LeaveReason) => double.listener?.onLeft?.(reason)

async function joining(awaitedBy = 0) {
  const events: string[] = []
  const membership = keepJoined('ann', {
    autoSubscribe: false,
    awaitedBy,
    listener: {},
    onJoining: () => events.push('joining'),
    onRoom(_, { identity }) {
      events.push(`joined as ${identity}`)
      return () => events.push('left')
    },
    onRefused: ({ code }, isFinal) => events.push(isFinal ? `${code}, final` : code),
  })
  await pass()
  const next = () => events.splice(0)
  return { next, ...membership }
}

test('attempts are further and further apart, up to half a minute', () => {
  const delays = [0, 1, 2, 3].map((attempt) => joinDelayMs(attempt, null, 0.5))
  expect(delays).toEqual([500, 1000, 2000, 4000])
  expect(joinDelayMs(1_000, null, 0.5)).toBe(30_000)
})

test('no attempt comes sooner than the API has asked for', () => {
  expect(joinDelayMs(0, 40_000, 0)).toBe(40_000)
  expect(joinDelayMs(6, 1_000, 0.5)).toBe(30_000)
})

test('tabs that start to wait at the same time spread out', () => {
  expect(joinDelayMs(3, null, 0.9)).toBeGreaterThan(joinDelayMs(3, null, 0.1))
  expect(joinDelayMs(0, 5_000, 0.9)).toBeGreaterThan(joinDelayMs(0, 5_000, 0.1))
})

test('a room that is lost is joined again, with a growing delay', async () => {
  const { next, leave } = await joining()
  expect(next()).toEqual(['joining', 'joined as bob:aaaaaaaa'])
  for (const delayMs of [500, 1_000, 2_000]) {
    lose('removed')
    await pass(delayMs - 1)
    expect(next()).toEqual(['left'])
    await pass(1)
    expect(next()).toEqual(['joining', 'joined as bob:aaaaaaaa'])
  }
  leave()
})

test('the delay starts over after a long stay', async () => {
  const { next, leave } = await joining()
  for (let losses = 0; losses < 3; losses += 1) {
    await pass(31_000)
    next()
    lose('lost')
    await pass(500)
    expect(next()).toEqual(['left', 'joining', 'joined as bob:aaaaaaaa'])
  }
  leave()
})

test('only a tab that was replaced by another one gets a new name', async () => {
  const { leave } = await joining()
  lose('lost')
  await pass(500)
  expect(double.renameTab).not.toHaveBeenCalled()
  lose('replaced')
  await pass()
  expect(double.renameTab).toHaveBeenCalledOnce()
  leave()
})

test.each(['not_found', 'host_not_found', 'blocked', 'signed_in_only'])(
  'no attempt follows the refusal %s',
  async (code) => {
    double.refusals = [new Refusal(403, code, '')]
    const { next } = await joining()
    expect(next()).toEqual(['joining', `${code}, final`])
    await pass(60_000)
    expect(next()).toEqual([])
  },
)

test('a failed attempt is retried, and at once if the viewer wants it', async () => {
  double.refusals = [new TypeError('Failed to fetch'), new Refusal(503, 'unavailable', '')]
  const { next, retry, leave } = await joining()
  expect(next()).toEqual(['joining', 'offline'])
  await pass(500)
  expect(next()).toEqual(['joining', 'unavailable'])
  retry()
  await pass()
  expect(next()).toEqual(['joining', 'joined as bob:aaaaaaaa'])
  leave()
})

test('the pause ends when the network returns', async () => {
  double.refusals = [new TypeError('Failed to fetch')]
  const { next, leave } = await joining()
  window.dispatchEvent(new Event('online'))
  await pass()
  expect(next()).toEqual(['joining', 'offline', 'joining', 'joined as bob:aaaaaaaa'])
  leave()
})

test('a pause that the API has asked for does not end early', async () => {
  double.refusals = [new Refusal(429, 'rate_limited', '', 40_000)]
  const { next, retry, leave } = await joining()
  retry()
  await pass(43_999)
  expect(next()).toEqual(['joining', 'rate_limited'])
  await pass(1)
  expect(next()).toEqual(['joining', 'joined as bob:aaaaaaaa'])
  leave()
})

test('viewers who waited for the channel request their tokens at random moments, once', async () => {
  const { next, leave } = await joining(5_000)
  await pass(3_500)
  expect(next()).toEqual(['joining'])
  await pass(50)
  expect(next()).toEqual(['joined as bob:aaaaaaaa'])
  await pass(31_000)
  lose('lost')
  await pass(500)
  expect(next()).toEqual(['left', 'joining', 'joined as bob:aaaaaaaa'])
  leave()
})

test('a tab that leaves before its moment comes requests no token', async () => {
  const { next, leave } = await joining(5_000)
  leave()
  await pass(60_000)
  expect(next()).toEqual(['joining'])
  expect(double.join).not.toHaveBeenCalled()
})

test('leaving ends the stay at once and for good', async () => {
  const { next, leave } = await joining()
  leave()
  expect(next()).toEqual(['joining', 'joined as bob:aaaaaaaa', 'left'])
  await pass(60_000)
  expect(next()).toEqual([])
  expect(double.join).toHaveBeenCalledOnce()
  expect(double.leave).toHaveBeenCalledOnce()
})

test('a tab that leaves while it is joining leaves the room again', async () => {
  let joined = () => {}
  double.join.mockReturnValueOnce(
    new Promise<void>((resolve) => {
      joined = resolve
    }),
  )
  const { next, leave } = await joining()
  leave()
  double.leave.mockClear()
  joined()
  await pass(60_000)
  expect(next()).toEqual(['joining'])
  expect(double.leave).toHaveBeenCalledOnce()
  expect(double.join).toHaveBeenCalledOnce()
})
