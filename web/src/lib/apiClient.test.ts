import { beforeEach, expect, test, vi } from 'vitest'

type Handler = (request: Request) => Response
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const refused = (status: number, code: string, more = {}) =>
  json(status, { error: { code, message: code, requestId: 'r', ...more } })

/** A fresh client before a server that answers sign-in with `tokens`, one after another, and the rest by `handle`. */
async function client(handle: Handler, tokens: string[] = []) {
  const asked: Request[] = []
  vi.stubGlobal('fetch', async (input: Request | string) => {
    if (input === '/api/session/token') {
      const accessToken = tokens.shift()
      return accessToken ? json(200, { accessToken, expiresIn: 600 }) : refused(401, 'unauthorized')
    }
    const request = input as Request
    asked.push(request)
    return handle(request)
  })
  vi.resetModules()
  const { renew } = await import('./signin')
  if (tokens.length > 0) await renew()
  return { ...(await import('./apiClient')), asked }
}

const bearerOf = (request: Request | undefined) => request?.headers.get('Authorization') ?? null

beforeEach(() => {
  localStorage.clear()
  vi.stubGlobal('navigator', {})
})

test('paths and queries are filled in and encoded; what is not given is left out', async () => {
  const { api, answer, asked } = await client(() => json(200, {}))
  await answer(
    api.GET('/api/pages/search', { params: { query: { term: 'tea & cake', cursor: undefined } } }),
  )
  await answer(api.GET('/api/pages/channels/{username}', { params: { path: { username: 'a/b' } } }))
  expect(
    asked.map(({ url }) => new URL(url)).map(({ pathname, search }) => pathname + search),
  ).toEqual(['/api/pages/search?term=tea+%26+cake', '/api/pages/channels/a%2Fb'])
})

test('a body goes out as JSON, an empty answer comes back as nothing', async () => {
  const { api, answer, asked } = await client(() => new Response(null, { status: 204 }), ['one'])
  expect(
    await answer(api.PUT('/api/follows/{username}', { params: { path: { username: 'ann' } } })),
  ).toBeUndefined()
  await answer(api.PATCH('/api/stream', { body: { title: 'Tea' } }))
  expect(asked[1]?.headers.get('Content-Type')).toBe('application/json')
  expect(await asked[1]?.clone().json()).toEqual({ title: 'Tea' })
})

test('a refusal carries its code and fields; an answer from elsewhere is broken', async () => {
  const answers = [
    refused(422, 'invalid_request', { fields: { username: 'too short' } }),
    new Response('<html>', { status: 502 }),
  ]
  const { api, answer } = await client(() => answers.shift() as Response)
  const put = () => answer(api.PUT('/api/me', { body: { username: 'a' } }))
  await expect(put()).rejects.toMatchObject({
    status: 422,
    code: 'invalid_request',
    fields: { username: 'too short' },
  })
  await expect(put()).rejects.toMatchObject({ status: 502, code: 'broken' })
})

test('no answer at all is offline', async () => {
  const { api, answer } = await client(() => {
    throw new TypeError('Failed to fetch')
  })
  await expect(answer(api.GET('/api/pages/home'))).rejects.toMatchObject({ code: 'offline' })
})

test('an expired bearer is renewed once, and the same request sent again', async () => {
  const { api, answer, asked } = await client(
    (request) =>
      bearerOf(request) === 'Bearer two' ? json(200, {}) : refused(401, 'token_expired'),
    ['one', 'two'],
  )
  await answer(api.PATCH('/api/stream', { body: { title: 'Tea' } }))
  expect(asked.map(bearerOf)).toEqual(['Bearer one', 'Bearer two'])
  expect(await asked[1]?.clone().json()).toEqual({ title: 'Tea' })
})

test('without a username, what anyone may see is asked for as a guest, and nothing else', async () => {
  const { api, answer, asked } = await client(
    (request) => (bearerOf(request) ? refused(409, 'username_required') : json(200, {})),
    ['one'],
  )
  await answer(api.GET('/api/pages/home'))
  expect(asked.map(bearerOf)).toEqual(['Bearer one', null])
  await expect(answer(api.GET('/api/pages/dashboard'))).rejects.toMatchObject({
    code: 'username_required',
  })
  expect(asked).toHaveLength(3)
})
