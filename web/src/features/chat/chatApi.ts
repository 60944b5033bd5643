/** The chat's calls of the API. They are authorized by the viewer token, as the viewer who is in the room. */
import type { ChatMessage, ChatPage, ViewerToken } from '../../api/types'
import { api } from '../../lib/api'
import type { ApiClient } from '../../lib/apiClient'
import { Refusal } from '../../lib/refusal'
import { abortAfter } from '../../lib/timedFetch'

export interface ChatApi {
  /** Load the newest page of messages, or the page before a cursor. */
  messages(before?: string): Promise<ChatPage>
  /** Post a message. Idempotent for the same id. */
  post(message: { id: string; text: string }): Promise<ChatMessage>
}

interface Tokens {
  /** Return the latest token, or null if there is none yet. */
  latest(): ViewerToken | null
  /** Request a new token for this tab. */
  renew(): Promise<ViewerToken>
}

const TIMEOUT_MS = 10_000

/** Each call requests a token if there is none. If the token has expired, it renews it and retries the call once. */
export function createChatApi(host: string, tokens: Tokens): ChatApi {
  const path = { username: host }
  const signal = () => abortAfter(TIMEOUT_MS)
  const call = async <T>(use: (client: ApiClient) => Promise<T>): Promise<T> => {
    const { token } = tokens.latest() ?? (await tokens.renew())
    try {
      return await use(api.as(token))
    } catch (error) {
      if (Refusal.caught(error).status !== 401) throw error
    }
    const renewed = await tokens.renew()
    return use(api.as(renewed.token))
  }
  return {
    messages: (before) =>
      call((client) =>
        client.get('/api/chat/{username}', { path, query: { before }, signal: signal() }),
      ),
    post: (body) =>
      call((client) => client.post('/api/chat/{username}', { path, body, signal: signal() })),
  }
}
