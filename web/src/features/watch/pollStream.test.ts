// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pollStream } from './pollStream'

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('visible')
})
afterEach(() => vi.useRealTimers())

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

function polling(isInRoom: boolean, page: object | undefined) {
  const load = vi.fn(async () => page)
  const onFailed = vi.fn()
  return { load, onFailed, ...pollStream({ isInRoom, load, onFailed }) }
}

test('outside the room, the state is loaded at once and after each pause, until the poll stops', async () => {
  const { load, stop } = polling(false, {})
  await pass(3_999)
  expect(load).toHaveBeenCalledTimes(1)
  await pass(1)
  expect(load).toHaveBeenCalledTimes(2)
  await pass(4_000)
  expect(load).toHaveBeenCalledTimes(3)
  stop()
  await pass(60_000)
  expect(load).toHaveBeenCalledTimes(3)
})

test('in the room, the first poll comes after a pause', async () => {
  const { load, stop } = polling(true, {})
  await pass(19_999)
  expect(load).not.toHaveBeenCalled()
  await pass(1)
  expect(load).toHaveBeenCalledTimes(1)
  stop()
})

test('a retry polls at once', async () => {
  const { load, retry, stop } = polling(false, {})
  await pass()
  retry()
  await pass()
  expect(load).toHaveBeenCalledTimes(2)
  stop()
})

test('a hidden tab does not poll after its first load, and polls at once when it is shown', async () => {
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  const { load, stop } = polling(false, {})
  await pass(60_000)
  expect(load).toHaveBeenCalledTimes(1)
  visibility.mockReturnValue('visible')
  document.dispatchEvent(new Event('visibilitychange'))
  await pass()
  expect(load).toHaveBeenCalledTimes(2)
  stop()
})

test('failed polls are further and further apart', async () => {
  const { load, stop } = polling(false, undefined)
  await pass()
  for (const delayMs of [8_000, 16_000, 30_000, 30_000]) {
    load.mockClear()
    await pass(delayMs - 1)
    expect(load).not.toHaveBeenCalled()
    await pass(1)
    expect(load).toHaveBeenCalledTimes(1)
  }
  stop()
})

test.each([
  { isInRoom: false, reports: 1 },
  { isInRoom: true, reports: 0 },
])('a failed poll is reported outside the room only: $isInRoom', async ({ isInRoom, reports }) => {
  const { load, onFailed, stop } = polling(isInRoom, undefined)
  await pass(isInRoom ? 20_000 : 0)
  expect(load).toHaveBeenCalledTimes(1)
  expect(onFailed).toHaveBeenCalledTimes(reports)
  stop()
})
