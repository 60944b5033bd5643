// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import type { ViewerToken } from '../../api/types'
import { createChatApi } from './chatApi'

const PAGE = { messages: [], before: null, you: { role: 'viewer', timedOutUntil: null } }
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })
const expired = () => json(401, { error: { code: 'token_expired', message: '', requestId: 'r' } })
const aToken = (token: string): ViewerToken => ({
  token,
  serverUrl: 'ws://livekit',
  room: 'ann',
  identity: 'bob:aaaaaaaa',
  name: 'bob',
})

/** A chat whose API accepts the token `accepted`, and whose tokens are renewed as `renewed`. */
function aChat(accepted: string, held: string | null, renewed: string) {
  const requests: Request[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    requests.push(request)
    return request.headers.get('Authorization') === `Bearer ${accepted}`
      ? json(200, PAGE)
      : expired()
  })
  const renew = vi.fn(async () => aToken(renewed))
  const chat = createChatApi('ann', { latest: () => (held ? aToken(held) : null), renew })
  return { chat, renew, requests }
}

beforeEach(() => vi.stubGlobal('navigator', {}))

test('a call uses the token of the room', async () => {
  const { chat, renew, requests } = aChat('one', 'one', 'two')
  expect(await chat.messages('a cursor')).toEqual(PAGE)
  expect(renew).not.toHaveBeenCalled()
  expect(new URL(requests[0]?.url ?? '').search).toBe('?before=a+cursor')
})

test('the first call requests a token if no room has been joined', async () => {
  const { chat, renew } = aChat('two', null, 'two')
  expect(await chat.messages()).toEqual(PAGE)
  expect(renew).toHaveBeenCalledOnce()
})

test('an expired token is renewed once, and the call is retried with the same body', async () => {
  const { chat, renew, requests } = aChat('two', 'one', 'two')
  await chat.post({ id: 'm1', text: 'Hello' })
  expect(renew).toHaveBeenCalledOnce()
  expect(await Promise.all(requests.map((request) => request.json()))).toEqual([
    { id: 'm1', text: 'Hello' },
    { id: 'm1', text: 'Hello' },
  ])
})

test('a token that is rejected after the renewal is a refusal', async () => {
  const { chat, renew } = aChat('three', 'one', 'two')
  await expect(chat.messages()).rejects.toMatchObject({ status: 401, code: 'token_expired' })
  expect(renew).toHaveBeenCalledOnce()
})
