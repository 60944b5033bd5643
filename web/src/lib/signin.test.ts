// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'

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
    request: (_: string, work: () => Promise<unknown>) => {
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
