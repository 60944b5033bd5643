// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { Refusal } from './refusal'
import { type Resource, refresh, useResource } from './resource'
import { nextEpoch } from './signin'

const root = document.createElement('div')
afterEach(() => render(null, root))

async function show<T>(key: string, load: (before: T | undefined) => Promise<T>) {
  const seen: { resource?: Resource<T> } = {}
  function Page() {
    seen.resource = useResource(key, load)
    return null
  }
  await act(async () => render(<Page />, root))
  return () => seen.resource as Resource<T>
}

test('loaded data is shown, and a change is shown without a request', async () => {
  const load = vi.fn(async () => 1)
  const resource = await show('one', load)
  await vi.waitFor(() => expect(resource().data).toBe(1))
  await act(() => resource().change((data) => data + 1))
  expect(resource().data).toBe(2)
  expect(load).toHaveBeenCalledTimes(1)
})

test('a failure keeps the cached data, unless it is a 404', async () => {
  const load = vi.fn(async () => 'here')
  const resource = await show('two', load)
  load.mockRejectedValueOnce(new Refusal(503, 'unavailable', ''))
  await act(async () => void (await resource().reload()))
  expect(resource().data).toBe('here')
  expect(resource().refusal?.code).toBe('unavailable')
  load.mockRejectedValueOnce(new Refusal(404, 'not_found', ''))
  await act(async () => void (await resource().reload()))
  expect(resource().data).toBeUndefined()
})

test('a refresh loads only data that is shown', async () => {
  const load = vi.fn(async () => 0)
  const resource = await show('three', load)
  await vi.waitFor(() => expect(resource().data).toBe(0))
  await act(async () => refresh('three'))
  await act(async () => refresh('four'))
  expect(load).toHaveBeenCalledTimes(2)
})

test('another user gets their own data', async () => {
  let answer = 'guest'
  const resource = await show('five', async () => answer)
  answer = 'member'
  await act(async () => nextEpoch())
  await vi.waitFor(() => expect(resource().data).toBe('member'))
})
