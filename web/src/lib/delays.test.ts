import { expect, test } from 'vitest'
import { inRoomDelayMs, joinDelayMs, joinSpreadMs, waitingDelayMs } from './delays'

const ALMOST_ONE = 1 - Number.EPSILON

test('a waiting page polls about every 4 s, however long it waits', () => {
  expect(waitingDelayMs(0, 0)).toBe(3_600)
  expect(waitingDelayMs(0, ALMOST_ONE)).toBeCloseTo(4_400)
})

test('a waiting page polls less often while polls fail', () => {
  expect([1, 2, 3, 50].map((failures) => waitingDelayMs(failures, 0.5))).toEqual([
    8_000, 16_000, 30_000, 30_000,
  ])
})

test('few of the viewers who have waited join at first, and the last of many after 5 s', () => {
  const spread = (awaitedBy: number) =>
    [0, 0.01, 0.25, 1].map((random) => joinSpreadMs(awaitedBy, random))
  expect(spread(5_000)).toEqual([0, 500, 2_500, 5_000])
  expect(spread(1_000_000)).toEqual([0, 500, 2_500, 5_000])
})

test('a viewer who waits for a small channel joins at once', () => {
  expect(joinSpreadMs(0, 0.9)).toBe(0)
  expect(joinSpreadMs(40, 1)).toBe(40)
})

test('pages that start to wait at the same time spread out', () => {
  const delays = [
    (random: number) => waitingDelayMs(0, random),
    inRoomDelayMs,
    (random: number) => joinSpreadMs(5_000, random),
    (random: number) => joinDelayMs(0, null, random),
  ]
  for (const delayMs of delays) expect(delayMs(0.9)).toBeGreaterThan(delayMs(0.1))
})
