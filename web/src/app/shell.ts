/**
 * Makes the first requests of a page before the site's code has loaded. `lib/firstRequests.ts` hands out the responses.
 *
 * The page's HTML loads this module separately, so it imports no code.
 */
export {}

const SESSION = 'footlight.session'

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
  const get = (path: string) => keep(`GET ${path}`, fetch(path))

  const [, own, channel] =
    /^(\/u)?\/(?!(?:search|admin)$)(\w{3,24})(?:\/chat)?$/.exec(path.toLowerCase()) ?? []
  const isMember = hasSession()
  if (isMember) {
    const renew = () => fetch('/api/session/token', { method: 'POST' })
    // Take turns with other tabs, as `lib/signin.ts` does.
    const renewal = navigator.locks ? navigator.locks.request(SESSION, renew) : renew()
    keep('POST /api/session/token', renewal as Promise<Response>)
  }
  if (channel) get(`/api/pages/live/${channel}`)
  if (channel && !own && !isMember) get(`/api/pages/channels/${channel}`)
  return responses
}

globalThis.firstRequests ??= { at: Date.now(), responses: startRequests(location.pathname) }
