import { expect, test } from 'vitest'
import { inRoomDelayMs, offlineDelayMs } from './pollDelays'

const MINUTE = 60_000
const ALMOST_ONE = 1 - Number.EPSILON

test('an offline page polls about every 5 s at first, and less often the longer it waits', () => {
  expect(offlineDelayMs(0, ALMOST_ONE)).toBeCloseTo(5_000)
  expect(offlineDelayMs(0, 0)).toBe(4_000)
  expect(offlineDelayMs(4 * MINUTE, ALMOST_ONE)).toBeCloseTo(12_000)
  expect(offlineDelayMs(24 * 60 * MINUTE, ALMOST_ONE)).toBeCloseTo(30_000)
})

test('pages that start to poll at the same time spread out', () => {
  for (const delayMs of [(random: number) => offlineDelayMs(MINUTE, random), inRoomDelayMs]) {
    expect(delayMs(0.9)).toBeGreaterThan(delayMs(0.1))
  }
})
