import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createHold } from './hold'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A hold, and an element that the viewer has paused or not. */
function held(isPaused: boolean) {
  const pause = vi.fn()
  const element = { pause } as unknown as HTMLVideoElement
  const hold = createHold()
  hold.onPaused(element, isPaused)
  return { hold, element, pause }
}

test('a new track does not start a paused player', () => {
  const { hold, element, pause } = held(true)
  hold.onAttached(element)
  expect(hold.isHeld()).toBe(true)
  expect(pause).toHaveBeenCalledTimes(1)
  expect(hold.onPaused(element, false)).toBe(true)
  expect(pause).toHaveBeenCalledTimes(2)
  vi.advanceTimersByTime(60_000)
  hold.onAttached(element)
  expect(pause).toHaveBeenCalledTimes(3)
  expect(hold.isHeld()).toBe(true)
})

test('a new track plays if the viewer has not paused', () => {
  const { hold, element, pause } = held(false)
  hold.onAttached(element)
  expect(hold.onPaused(element, false)).toBe(false)
  expect(hold.isHeld()).toBe(false)
  expect(pause).not.toHaveBeenCalled()
})

test('the viewer can resume', () => {
  const { hold, element, pause } = held(true)
  hold.onAttached(element)
  vi.advanceTimersByTime(1_000)
  expect(hold.onPaused(element, false)).toBe(false)
  hold.onAttached(element)
  expect(hold.isHeld()).toBe(false)
  expect(pause).toHaveBeenCalledTimes(1)
})

test('the viewer can resume right after a new track', () => {
  const { hold, element, pause } = held(true)
  hold.onAttached(element)
  hold.release()
  expect(hold.onPaused(element, false)).toBe(false)
  expect(pause).toHaveBeenCalledTimes(1)
})
