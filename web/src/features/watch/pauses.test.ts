import { expect, test } from 'vitest'
import { inRoom, untilJoin, untilLive } from './pauses'

const MINUTE = 60_000
const ALMOST_ONE = 1 - Number.EPSILON

test('an offline page asks about every 5 s at first, and less the longer it waits', () => {
  expect(untilLive(0, ALMOST_ONE)).toBeCloseTo(5_000)
  expect(untilLive(0, 0)).toBe(4_000)
  expect(untilLive(4 * MINUTE, ALMOST_ONE)).toBeCloseTo(12_000)
  expect(untilLive(24 * 60 * MINUTE, ALMOST_ONE)).toBeCloseTo(30_000)
})

test('no two pages need ask in step', () => {
  for (const pause of [
    (random: number) => untilLive(MINUTE, random),
    (random: number) => untilJoin(3, null, random),
    (random: number) => untilJoin(0, 5_000, random),
    inRoom,
  ]) {
    expect(pause(0.9)).toBeGreaterThan(pause(0.1))
  }
})

test('tries to join grow apart up to half a minute', () => {
  expect([0, 1, 2, 3].map((tries) => untilJoin(tries, null, 0.5))).toEqual([500, 1000, 2000, 4000])
  expect(untilJoin(1_000, null, 0.5)).toBe(30_000)
})

test('no try comes sooner than the server has said', () => {
  expect(untilJoin(0, 40_000, 0)).toBe(40_000)
  expect(untilJoin(6, 1_000, 0.5)).toBe(30_000)
})
