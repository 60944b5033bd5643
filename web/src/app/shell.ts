/**
 * Makes the first requests of a page before the site's code has loaded. `lib/firstRequests.ts` hands out the responses.
 *
 * The page's HTML loads this module separately, so it imports no code.
 */
export {}

const SESSION = 'footlight.session'
const TIMEOUT_MS = 10_000

function hasSession(): boolean {
  try {
    return localStorage.getItem(SESSION) !== null
  } catch {
    return false
  }
}

function startRequests(path: string): Map<string, Promise<Response>> {
  const responses = new Map<string, Promise<Response>>()
  const keep = (request: string, response: Promise<Response>) => {
    // Perhaps nothing asks for the response.
    response.catch(() => {})
    responses.set(request, response)
  }
  // As in `lib/timedFetch.ts`, every request ends.
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const send = (path: string, method = 'GET') => fetch(path, { method, signal })
  const get = (path: string) => keep(`GET ${path}`, send(path))

  const [, own, channel] =
    /^(\/u)?\/(?!(?:search|admin)$)(\w{3,24})(?:\/chat)?$/.exec(path.toLowerCase()) ?? []
  const isMember = hasSession()
  if (isMember) {
    const renew = () => send('/api/session/token', 'POST')
    // Take turns with other tabs, as `lib/signin.ts` does.
    const renewal = navigator.locks ? navigator.locks.request(SESSION, { signal }, renew) : renew()
    keep('POST /api/session/token', renewal as Promise<Response>)
  }
  if (channel) get(`/api/pages/live/${channel}`)
  if (channel && !own && !isMember) get(`/api/pages/channels/${channel}`)
  return responses
}

globalThis.firstRequests ??= { at: Date.now(), responses: startRequests(location.pathname) }
