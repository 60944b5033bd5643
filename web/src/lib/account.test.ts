// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'

const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const SUSPENSION = { reason: 'Spam', until: null, at: '2026-11-30T12:00:00.000Z' }

beforeEach(() => {
  localStorage.clear()
  vi.resetModules()
  vi.stubGlobal('navigator', {})
})

test('a refused change loads the account again, which then has the suspension', async () => {
  let suspension: typeof SUSPENSION | null = null
  vi.stubGlobal('fetch', async (request: Request) => {
    const { pathname } = new URL(request.url)
    if (pathname === '/api/session/token') return json(200, { accessToken: 'one', expiresIn: 600 })
    if (request.method === 'GET') return json(200, { username: 'ann', suspension })
    const { reason, until } = SUSPENSION
    return json(403, {
      error: { code: 'suspended', message: 'Suspended', requestId: 'r', reason, until },
    })
  })
  const { account, followSession } = await import('./account')
  const { api } = await import('./api')
  const { renewToken } = await import('./signin')
  await renewToken()
  followSession()
  await vi.waitFor(() => expect(account.get().me?.username).toBe('ann'))

  suspension = SUSPENSION
  const change = api.put('/api/me', { body: { bio: 'Tea' } })
  await expect(change).rejects.toMatchObject({ code: 'suspended' })

  await vi.waitFor(() => expect(account.get().me?.suspension).toEqual(SUSPENSION))
})
