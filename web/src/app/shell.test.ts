// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const HINT = 'footlight.session'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
  document.head.innerHTML = ''
  vi.resetModules()
  globalThis.firstRequests = undefined
  vi.stubGlobal('navigator', {})
})
afterEach(() => {
  globalThis.firstRequests = undefined
  vi.unstubAllGlobals()
})

const OFFLINE = { state: 'offline', isSignedInOnly: false, isForAdults: false }
const ON_AIR = { ...OFFLINE, state: 'live' }

/** Run the shell on a page of a channel with this live status, and return the requests that it makes. */
async function shellAt(pathname: string, status = OFFLINE): Promise<string[]> {
  const requests: string[] = []
  vi.stubGlobal('location', { pathname, href: `http://localhost${pathname}` })
  vi.stubGlobal('fetch', async (request: string | Request, init: RequestInit = {}) => {
    const { url: path, method = 'GET' } =
      typeof request === 'string' ? { url: request, ...init } : request
    requests.push(`${method} ${path.replace('http://localhost', '')}`)
    return new Response(JSON.stringify(path.includes('/live/') ? status : {}))
  })
  await import('./shell')
  await new Promise((resolve) => setTimeout(resolve))
  return requests
}

const SESSION = 'POST /api/session/token'
const TOKEN = 'POST /api/token'
const LIVE = 'GET /api/pages/live/ann'
const CHANNEL = 'GET /api/pages/channels/ann'

test.each([
  ['/', []],
  ['/Ann', [LIVE, CHANNEL]],
  ['/ann/chat', [LIVE, CHANNEL]],
  ['/u/ann', [LIVE]],
  ['/search', []],
  ['/admin', []],
  ['/a%22b', []],
])('a guest at %s starts all requests that need no other', async (path, requests) => {
  expect(await shellAt(path)).toEqual(requests)
})

test.each([
  ['/', [SESSION]],
  ['/ann', [SESSION, LIVE]],
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

/** Add what the HTML of a channel's page carries, read so long ago. */
function addKnown(age: number): void {
  for (const [path, data] of Object.entries({
    '/api/pages/live/ann': ON_AIR,
    '/api/pages/channels/ann': { isHost: false },
  })) {
    const attributes = { type: 'application/json', id: path, textContent: JSON.stringify(data) }
    const script = Object.assign(document.createElement('script'), attributes)
    script.dataset.at = String(Date.now() - age)
    document.head.append(script)
  }
}

test.each([0, 9_000, -9_000])('what the page carries for %i ms is not requested', async (age) => {
  addKnown(age)
  expect(await shellAt('/Ann')).toEqual([TOKEN])
  const { fetchOnce } = await import('../lib/firstRequests')
  const response = await fetchOnce(new Request('http://localhost/api/pages/live/ann'))
  expect(await response.json()).toEqual(ON_AIR)
})

test.each([20_000, -3_600_000])(
  'what a cache has kept for long, or by a wrong clock, is requested: %i ms',
  async (age) => {
    addKnown(age)
    expect(await shellAt('/ann')).toEqual([LIVE, CHANNEL])
  },
)

test('what the page carries of another channel is not used', async () => {
  addKnown(0)
  expect(await shellAt('/bob')).toEqual(['GET /api/pages/live/bob', 'GET /api/pages/channels/bob'])
})

test("a member's page uses the live status, but not what guests get of the channel", async () => {
  localStorage.setItem(HINT, 'open')
  addKnown(0)
  expect(await shellAt('/ann')).toEqual([SESSION])
  expect(globalThis.firstRequests?.responses.has(CHANNEL)).toBe(false)
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
  const requests = await shellAt('/ann')
  vi.useFakeTimers()
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

/** Request a viewer token as the site's code does. */
async function requestToken(host: string, tab: unknown): Promise<void> {
  const { fetchOnce } = await import('../lib/firstRequests')
  const body = JSON.stringify({ host, tab })
  await fetchOnce(new Request('http://localhost/api/token', { method: 'POST', body }))
}

test.each([
  ['/ann', [LIVE, CHANNEL, TOKEN]],
  ['/ann/chat', [LIVE, CHANNEL, TOKEN]],
  ['/u/ann', [LIVE]],
])('a guest at %s requests a viewer token once the channel is live', async (path, requests) => {
  expect(await shellAt(path, ON_AIR)).toEqual(requests)
})

test.each([OFFLINE, { ...ON_AIR, isSignedInOnly: true }, { ...ON_AIR, isForAdults: true }])(
  'a page that may not join the room requests nothing for it: %o',
  async (status) => {
    document.head.innerHTML = '<script data-client="/client.js" type="text"></script>'
    expect(await shellAt('/ann', status)).toEqual([LIVE, CHANNEL])
    expect(document.querySelector('link')).toBeNull()
  },
)

test('the early viewer token is for this tab, under the name that the tab keeps', async () => {
  const requests = await shellAt('/ann', ON_AIR)
  const { tabName } = await import('../lib/tab')
  vi.stubGlobal('navigator', {
    locks: { request: async (_: string, __: object, run: (lock: object) => void) => void run({}) },
  })
  const tab = await tabName()
  expect(tab).toMatch(/^[a-z0-9]{8}$/)
  await requestToken('ann', tab)
  expect(requests).toHaveLength(3)
  await requestToken('ann', tab)
  expect(requests).toHaveLength(4)
})

test('a viewer token is not used for another channel or tab', async () => {
  const requests = await shellAt('/ann', ON_AIR)
  await requestToken('bob', sessionStorage.getItem('footlight.tab'))
  await requestToken('ann', 'another1')
  expect(requests).toHaveLength(5)
})

test('without storage, the shell requests no viewer token', async () => {
  vi.stubGlobal('localStorage', undefined)
  expect(await shellAt('/ann', ON_AIR)).toEqual([LIVE, CHANNEL])
})

test.each([
  ['live', ON_AIR, ['/page.js', '/shared.js', '/client.js']],
  ['offline', OFFLINE, ['/page.js', '/shared.js']],
])('a page of a channel that is %s requests its scripts early', async (_, status, scripts) => {
  document.head.innerHTML =
    '<script data-page="/page.js /shared.js" data-client="/client.js" type="text"></script>'
  await shellAt('/ann', status)
  const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel=modulepreload]')]
  expect(links.map((link) => link.getAttribute('href'))).toEqual(scripts)
})
