// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

/** Sign in, then sign out at a server that responds to the sign-out like this. Return the addresses that it led to. */
async function signOutWith(response: () => Response) {
  const visited: string[] = []
  vi.stubGlobal('fetch', async (request: Request) =>
    request.method === 'DELETE' ? response() : json(200, { accessToken: 'one', expiresIn: 600 }),
  )
  vi.spyOn(location, 'assign').mockImplementation((address) => void visited.push(String(address)))
  vi.resetModules()
  const { renewToken, session, signOut } = await import('./signin')
  await renewToken()
  const failed = await signOut().then(
    () => false,
    () => true,
  )
  return { visited, failed, status: session.get().status }
}

beforeEach(() => {
  localStorage.clear()
  vi.restoreAllMocks()
  vi.stubGlobal('navigator', {})
})
afterEach(() => {
  vi.useRealTimers()
})

test("signing out leads to the page that ends the identity provider's session", async () => {
  const logoutUrl = 'https://id.example.com/logout?client_id=a'
  expect(await signOutWith(() => json(200, { logoutUrl }))).toEqual({
    visited: [logoutUrl],
    failed: false,
    status: 'signedOut',
  })
})

test('signing out stays on the page if the provider has no such page', async () => {
  expect(await signOutWith(() => json(200, { logoutUrl: null }))).toEqual({
    visited: [],
    failed: false,
    status: 'signedOut',
  })
})

test('a failed sign-out keeps the session', async () => {
  expect(await signOutWith(() => new Response('<html>', { status: 502 }))).toEqual({
    visited: [],
    failed: true,
    status: 'signedIn',
  })
})

/** The browser's Web Locks, which all tabs share: one piece of work at a time. */
function webLocks() {
  let last: Promise<unknown> = Promise.resolve()
  return {
    request: (_: string, __: LockOptions, work: () => Promise<unknown>) => {
      last = last.then(work, work)
      return last
    },
  }
}

test('tabs take turns, so that no refresh token is used twice', async () => {
  let cookie = 1
  const used = new Set<number>()
  vi.stubGlobal('fetch', async () => {
    const sent = cookie
    await new Promise((resolve) => setTimeout(resolve, 5))
    if (used.has(sent))
      return json(401, { error: { code: 'unauthorized', message: 'No', requestId: 'r' } })
    used.add(sent)
    cookie += 1
    return json(200, { accessToken: `token ${sent}`, expiresIn: 600 })
  })
  vi.stubGlobal('navigator', { locks: webLocks() })
  const tabs = []
  for (let tab = 0; tab < 2; tab += 1) {
    vi.resetModules()
    tabs.push(await import('./signin'))
  }

  const tokens = await Promise.all(tabs.map(({ renewToken }) => renewToken()))

  expect(tokens).toEqual(['token 1', 'token 2'])
})

/** A site whose session route never responds, and whose other routes do. */
function hangingSession() {
  vi.stubGlobal('fetch', (request: Request, { signal }: { signal: AbortSignal }) =>
    request.url.endsWith('/api/session/token')
      ? new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
        })
      : Promise.resolve(json(200, { by: request.headers.get('Authorization') ?? 'guest' })),
  )
  vi.useFakeTimers()
  vi.resetModules()
}

test('a renewal that never ends is given up, so that the next tab has its turn', async () => {
  hangingSession()
  vi.stubGlobal('navigator', { locks: webLocks() })
  const ends: string[] = []
  for (const tab of ['first', 'second']) {
    vi.resetModules()
    const { renewToken } = await import('./signin')
    renewToken().catch(() => ends.push(tab))
  }

  await vi.advanceTimersByTimeAsync(10_000)
  expect(ends).toEqual(['first'])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(ends).toEqual(['first', 'second'])
})

test('a tab waits for its turn only so long', async () => {
  vi.useFakeTimers()
  const held = { request: (_: string, { signal }: { signal: AbortSignal }) => reached(signal) }
  const reached = (signal: AbortSignal) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('Aborted'))))
  vi.stubGlobal('navigator', { locks: held })
  vi.resetModules()
  const { renewToken } = await import('./signin')
  const failed = renewToken().then(
    () => false,
    () => true,
  )
  await vi.advanceTimersByTimeAsync(15_000)
  expect(await failed).toBe(true)
})

test('while the session hangs, public pages are those of a guest, and other requests fail', async () => {
  hangingSession()
  localStorage.setItem('footlight.session', 'open')
  const { api } = await import('./api')
  const home = api.get('/api/pages/home')
  const dashboard = api.get('/api/pages/dashboard').catch((error) => error.code)

  await vi.advanceTimersByTimeAsync(4_000)
  expect(await home).toEqual({ by: 'guest' })
  await vi.advanceTimersByTimeAsync(6_000)
  expect(await dashboard).toBe('offline')
})

test('pages that were shown to a guest are loaded again once the session is there', async () => {
  hangingSession()
  localStorage.setItem('footlight.session', 'open')
  const { api } = await import('./api')
  const { renewToken, session } = await import('./signin')
  const home = api.get('/api/pages/home')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await home).toEqual({ by: 'guest' })

  vi.stubGlobal('fetch', async () => json(200, { accessToken: 'one', expiresIn: 600 }))
  await renewToken()
  expect(session.get()).toEqual({ status: 'signedIn', epoch: 1 })
})
