import { expect, test } from 'vitest'
import { type DelayWatch, EVERY_MS, INITIAL_DELAY, nextDelay } from './sourceDelay'

type Step = 'media' | 'stall' | 'offline' | 'sleep' | 'reconnect' | 'noHost'

/** Play steps, one for each sample. A sleep of the computer lasts ten of them. */
function after(...steps: Step[]): DelayWatch['delay'] {
  let watch = INITIAL_DELAY
  let connection = 1
  let bytes = 0
  let answers = 0
  let nowMs = 1_000_000
  for (const step of steps) {
    nowMs += step === 'sleep' ? 10 * EVERY_MS : EVERY_MS
    if (step === 'reconnect') connection += 1
    if (step === 'media' || step === 'sleep' || step === 'reconnect') bytes += 1_000
    if (step !== 'offline') answers += 1
    const arrived = { connection: `PA_${connection}`, bytes, answers }
    watch = nextDelay(watch, step === 'noHost' ? null : arrived, nowMs)
  }
  return watch.delay
}
const times = (count: number, step: Step): Step[] => Array.from({ length: count }, () => step)

test('without a stall nothing is known of a delay', () => {
  expect(after(...times(20, 'media')).seconds).toBe(0)
})

test('a stall of ten seconds leaves viewers at least as far behind, less the sampling', () => {
  expect(after('media', ...times(5, 'stall'), 'media')).toMatchObject({ seconds: 10 })
  expect(after('media', ...times(5, 'stall')).seconds).toBe(0) // not over yet
})

test('a short gap is no stall', () => {
  expect(after('media', 'stall', 'media').seconds).toBe(0)
})

test('of several stalls the longest counts, since its end', () => {
  const stalls = ['media', ...times(4, 'stall'), 'media'] as const
  const once = after(...stalls)
  expect(after(...stalls, ...times(2, 'stall'), 'media')).toEqual(once)
  expect(after(...stalls, ...times(7, 'stall'), 'media').seconds).toBe(14)
})

test('a gap of the viewer’s own network is no stall of the encoder', () => {
  expect(after('media', ...times(10, 'offline'), 'media').seconds).toBe(0)
})

test('nothing is known about the time in which the computer slept', () => {
  expect(after('media', 'media', 'sleep', 'media').seconds).toBe(0)
})

test('the next connection of the encoder starts without a delay', () => {
  const stalled: Step[] = ['media', ...times(5, 'stall'), 'media']
  expect(after(...stalled, 'noHost', 'reconnect', 'media').seconds).toBe(0)
  expect(after(...stalled, 'reconnect', 'media').seconds).toBe(0)
  expect(after(...stalled, 'noHost', 'media').seconds).toBe(10) // the host was only not listed
})
