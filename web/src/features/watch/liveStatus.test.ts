// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import type { LiveStatus, Stream } from '../../api/types'
import { isOutdated, requestLiveStatus, withLatestStatus, withStatus } from './liveStatus'

const OFFLINE: LiveStatus = {
  state: 'offline',
  isLive: false,
  viewerCount: 0,
  startedAt: null,
  isSignedInOnly: false,
  isForAdults: false,
  updatedAt: '2026-01-01T00:00:00.000Z',
}
const LIVE: LiveStatus = {
  ...OFFLINE,
  state: 'live',
  isLive: true,
  viewerCount: 3,
  startedAt: '2026-01-01T00:01:00.000Z',
}
const LATER = '2026-01-01T00:00:00.001Z'
const STREAM = { ...OFFLINE, title: 'Tea' } as Stream

const receive = (status: LiveStatus) => {
  const fetched = vi.fn(async (_: Request) => new Response(JSON.stringify(status)))
  vi.stubGlobal('fetch', fetched)
  return fetched
}

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a live status replaces the state and nothing else', () => {
  expect(withStatus(STREAM, LIVE)).toEqual({ ...LIVE, title: 'Tea' })
  expect(withStatus(STREAM, { ...OFFLINE, updatedAt: LATER })).toEqual(STREAM)
})

test('a stream is outdated if its settings have changed since it was loaded', () => {
  expect(isOutdated(STREAM, { ...LIVE, updatedAt: LATER })).toBe(true)
  expect(isOutdated(STREAM, LIVE)).toBe(false)
  expect(isOutdated(STREAM, { ...LIVE, updatedAt: '2025-12-31T23:59:59.999Z' })).toBe(false)
})

test('it is requested without an access token', async () => {
  const fetched = receive(LIVE)
  expect(await requestLiveStatus('ann')).toEqual(LIVE)
  const request = fetched.mock.calls[0]?.[0]
  expect(new URL(request?.url ?? '').pathname).toBe('/api/pages/live/ann')
  expect(request?.headers.has('Authorization')).toBe(false)
})

test('a page that a cache kept for a moment does not undo a newer live status', async () => {
  vi.useFakeTimers()
  receive(LIVE)
  await requestLiveStatus('ann')
  expect(withLatestStatus('ann', STREAM).state).toBe('live')
  expect(withLatestStatus('bob', STREAM)).toBe(STREAM)
  vi.advanceTimersByTime(5_000)
  expect(withLatestStatus('ann', STREAM)).toBe(STREAM)
})
