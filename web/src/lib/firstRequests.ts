/** The responses to the requests that `app/shell.ts` made before the rest of the code had loaded. */
import { timedFetch } from './timedFetch'

export interface FirstRequests {
  at: number
  /** By method, path, and body, as in `GET /api/pages/home`. */
  responses: Map<string, Promise<Response>>
}

declare global {
  var firstRequests: FirstRequests | undefined
}

// If the shell runs after this, it is too late: the same requests are on their way.
globalThis.firstRequests ??= { at: 0, responses: new Map() }

/** A response that no one has asked for within this time is stale. */
const MAX_AGE_MS = 10_000

/** Return the response to a request of the shell, once, or undefined if the shell has not made this request. */
async function firstResponse(request: Request): Promise<Response | undefined> {
  const first = globalThis.firstRequests
  if (!first?.responses.size) return undefined
  const { pathname, search } = new URL(request.url)
  const key = `${request.method} ${pathname}${search}${await request.clone().text()}`
  const response = first.responses.get(key)
  first.responses.delete(key)
  return Date.now() - first.at < MAX_AGE_MS ? response : undefined
}

/** Send a request without an access token, unless the shell has already sent it. */
export async function fetchOnce(request: Request): Promise<Response> {
  return (await firstResponse(request)) ?? timedFetch(request)
}
