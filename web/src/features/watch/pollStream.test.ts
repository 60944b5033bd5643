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
  const reload = vi.fn(async () => page)
  const onFailed = vi.fn()
  return { reload, onFailed, ...pollStream({ isInRoom, reload, onFailed }) }
}

test('an offline page is loaded again after each pause, until the poll stops', async () => {
  const { reload, stop } = polling(false, {})
  await pass(4_499)
  expect(reload).not.toHaveBeenCalled()
  await pass(1)
  expect(reload).toHaveBeenCalledTimes(1)
  await pass(4_500)
  expect(reload).toHaveBeenCalledTimes(2)
  stop()
  await pass(60_000)
  expect(reload).toHaveBeenCalledTimes(2)
})

test('a retry polls at once', async () => {
  const { reload, retry, stop } = polling(false, {})
  retry()
  await pass()
  expect(reload).toHaveBeenCalledTimes(1)
  stop()
})

test('a hidden tab does not poll', async () => {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  const { reload, stop } = polling(false, {})
  await pass(60_000)
  expect(reload).not.toHaveBeenCalled()
  stop()
})

test.each([
  { isInRoom: false, reports: 1 },
  { isInRoom: true, reports: 0 },
])('a failed poll is reported outside the room only: $isInRoom', async ({ isInRoom, reports }) => {
  const { reload, onFailed, stop } = polling(isInRoom, undefined)
  await pass(isInRoom ? 20_000 : 4_500)
  expect(reload).toHaveBeenCalledTimes(1)
  expect(onFailed).toHaveBeenCalledTimes(reports)
  stop()
})
