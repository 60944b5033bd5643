// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'

type Handler = (request: Request) => Response
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const refused = (status: number, code: string, more = {}) =>
  json(status, { error: { code, message: code, requestId: 'r', ...more } })

/** A new client of a server that issues `tokens` one after another, and handles other requests with `handle`. */
async function client(handle: Handler, tokens: string[] = []) {
  const requests: Request[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    if (new URL(request.url).pathname === '/api/session/token') {
      const accessToken = tokens.shift()
      return accessToken ? json(200, { accessToken, expiresIn: 600 }) : refused(401, 'unauthorized')
    }
    requests.push(request)
    return handle(request)
  })
  vi.resetModules()
  const { renewToken } = await import('./signin')
  if (tokens.length > 0) await renewToken()
  return { ...(await import('./api')), requests }
}

const bearerOf = (request: Request | undefined) => request?.headers.get('Authorization') ?? null

beforeEach(() => {
  localStorage.clear()
  vi.stubGlobal('navigator', {})
})

test('paths and queries are filled in and encoded; parameters without a value are left out', async () => {
  const { api, requests } = await client(() => json(200, {}))
  await api.get('/api/pages/search', { query: { term: 'tea & cake', cursor: undefined } })
  await api.get('/api/pages/channels/{username}', { path: { username: 'a/b' } })
  expect(
    requests.map(({ url }) => new URL(url)).map(({ pathname, search }) => pathname + search),
  ).toEqual(['/api/pages/search?term=tea+%26+cake', '/api/pages/channels/a%2Fb'])
})

test('a body is sent as JSON; an empty response resolves with undefined', async () => {
  const { api, requests } = await client(() => new Response(null, { status: 204 }), ['one'])
  expect(await api.put('/api/follows/{username}', { path: { username: 'ann' } })).toBeUndefined()
  await api.patch('/api/stream', { body: { title: 'Tea' } })
  expect(requests[1]?.headers.get('Content-Type')).toBe('application/json')
  expect(await requests[1]?.clone().json()).toEqual({ title: 'Tea' })
})

test("a refusal has the API's code and fields; a response that is not the API's is broken", async () => {
  const responses = [
    refused(422, 'invalid_request', { fields: { username: 'too short' } }),
    new Response('<html>', { status: 502 }),
  ]
  const { api } = await client(() => responses.shift() as Response)
  const put = () => api.put('/api/me', { body: { username: 'a' } })
  await expect(put()).rejects.toMatchObject({
    status: 422,
    code: 'invalid_request',
    fields: { username: 'too short' },
  })
  await expect(put()).rejects.toMatchObject({ status: 502, code: 'broken' })
})

test('a request without a response is offline', async () => {
  const { api } = await client(() => {
    throw new TypeError('Failed to fetch')
  })
  await expect(api.get('/api/pages/home')).rejects.toMatchObject({ code: 'offline' })
})

test('an expired access token is renewed once, and the request is retried', async () => {
  const { api, requests } = await client(
    (request) =>
      bearerOf(request) === 'Bearer two' ? json(200, {}) : refused(401, 'token_expired'),
    ['one', 'two'],
  )
  await api.patch('/api/stream', { body: { title: 'Tea' } })
  expect(requests.map(bearerOf)).toEqual(['Bearer one', 'Bearer two'])
  expect(await requests[1]?.clone().json()).toEqual({ title: 'Tea' })
})

test('a user without a username requests pages that are open to guests as a guest, and no others', async () => {
  const { api, requests } = await client(
    (request) => (bearerOf(request) ? refused(409, 'username_required') : json(200, {})),
    ['one'],
  )
  await api.get('/api/pages/home')
  expect(requests.map(bearerOf)).toEqual(['Bearer one', null])
  await expect(api.get('/api/pages/dashboard')).rejects.toMatchObject({
    code: 'username_required',
  })
  expect(requests).toHaveLength(3)
})

test('a client for a viewer token sends that token, and does not renew it', async () => {
  const { api, requests } = await client(() => refused(401, 'token_expired'), ['one', 'two'])
  const chat = api.as('viewer')
  const path = { username: 'ann' }
  await expect(
    chat.get('/api/chat/{username}', { path, query: { before: 'a b' } }),
  ).rejects.toMatchObject({
    status: 401,
  })
  expect(requests.map(bearerOf)).toEqual(['Bearer viewer'])
  expect(new URL(requests[0]?.url ?? '').search).toBe('?before=a+b')
})

test("a guest's first request takes the response that the shell has requested; a member's doesn't", async () => {
  const shell = () => {
    const responses = new Map([
      ['GET /api/pages/home', Promise.resolve(json(200, { by: 'shell' }))],
    ])
    globalThis.firstRequests = { at: Date.now(), responses }
  }
  const guest = await client(() => json(200, { by: 'api' }))
  shell()
  expect(await guest.api.get('/api/pages/home')).toEqual({ by: 'shell' })
  expect(await guest.api.get('/api/pages/home')).toEqual({ by: 'api' })
  const member = await client(() => json(200, { by: 'api' }), ['one'])
  shell()
  expect(await member.api.get('/api/pages/home')).toEqual({ by: 'api' })
  globalThis.firstRequests = undefined
})
