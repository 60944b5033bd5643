// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const HINT = 'footlight.session'

beforeEach(() => {
  localStorage.clear()
  vi.resetModules()
  globalThis.firstRequests = undefined
  vi.stubGlobal('navigator', {})
})
afterEach(() => {
  globalThis.firstRequests = undefined
  vi.unstubAllGlobals()
})

/** Run the shell on a page, and return the requests that it makes. */
async function shellAt(pathname: string): Promise<string[]> {
  const requests: string[] = []
  vi.stubGlobal('location', { pathname, href: `http://localhost${pathname}` })
  vi.stubGlobal('fetch', async (path: string, { method = 'GET' }: RequestInit = {}) => {
    requests.push(`${method} ${path}`)
    return new Response('{}')
  })
  await import('./shell')
  return requests
}

const SESSION = 'POST /api/session/token'

test.each([
  ['/', []],
  ['/Ann', ['GET /api/pages/live/ann', 'GET /api/pages/channels/ann']],
  ['/ann/chat', ['GET /api/pages/live/ann', 'GET /api/pages/channels/ann']],
  ['/u/ann', ['GET /api/pages/live/ann']],
  ['/search', []],
  ['/admin', []],
  ['/a%22b', []],
])('a guest at %s starts all requests that need no other', async (path, requests) => {
  expect(await shellAt(path)).toEqual(requests)
})

test.each([
  ['/', [SESSION]],
  ['/ann', [SESSION, 'GET /api/pages/live/ann']],
])('a member at %s starts with the session', async (path, requests) => {
  localStorage.setItem(HINT, 'open')
  expect(await shellAt(path)).toEqual(requests)
})

test('the session waits for other tabs that renew theirs', async () => {
  localStorage.setItem(HINT, 'open')
  let run: (() => unknown) | undefined
  vi.stubGlobal('navigator', {
    locks: {
      request: (name: string, _: LockOptions, callback: () => unknown) => {
        expect(name).toBe(HINT)
        return new Promise((resolve) => {
          run = () => resolve(callback())
        })
      },
    },
  })
  const requests = await shellAt('/')
  expect(requests).toEqual([])
  run?.()
  expect(requests).toEqual([SESSION])
})

test('the code of the site takes each response once', async () => {
  const requests = await shellAt('/ann')
  const { fetchOnce } = await import('../lib/firstRequests')
  const fetchStatus = () => fetchOnce(new Request('http://localhost/api/pages/live/ann'))
  await fetchStatus()
  expect(requests).toHaveLength(2)
  await fetchStatus()
  expect(requests).toHaveLength(3)
})

test('a response that waited too long is not used', async () => {
  vi.useFakeTimers()
  const requests = await shellAt('/ann')
  const { fetchOnce } = await import('../lib/firstRequests')
  vi.advanceTimersByTime(10_000)
  await fetchOnce(new Request('http://localhost/api/pages/live/ann'))
  expect(requests).toHaveLength(3)
  vi.useRealTimers()
})

test('a shell that runs after the code of the site makes no request', async () => {
  await import('../lib/firstRequests')
  expect(await shellAt('/ann')).toEqual([])
})
