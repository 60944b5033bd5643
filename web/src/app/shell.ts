/**
 * Makes the first requests of a page before the site's code has loaded. `lib/firstRequests.ts` hands out the responses.
 *
 * The page's HTML loads this module separately, so it imports no code. Its element there names the scripts of a channel's
 * page, and LiveKit's client.
 */
export {}

const SESSION = 'footlight.session'
const TAB = 'footlight.tab'
const TIMEOUT_MS = 10_000

function startRequests(path: string): Map<string, Promise<Response>> {
  const responses = new Map<string, Promise<Response>>()
  // As in `lib/timedFetch.ts`, every request ends.
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const keep = (request: string, response: Promise<Response>) => {
    // Perhaps nothing asks for the response.
    response.catch(() => {})
    responses.set(request, response)
    return response
  }
  const send = (path: string, method = 'GET', body?: string) =>
    fetch(path, { method, signal, ...(body && { body, headers: JSON_TYPE }) })
  const get = (path: string) => keep(`GET ${path}`, send(path))

  let isMember = false
  let tab: string | undefined
  try {
    isMember = localStorage.getItem(SESSION) !== null
    // `lib/tab.ts` chooses another name if this tab is a duplicate.
    tab = sessionStorage[TAB] ??= crypto.randomUUID().slice(0, 8)
  } catch {
    // Storage is turned off, or the page is not secure.
  }
  if (isMember) {
    const renew = () => send('/api/session/token', 'POST')
    // Take turns with other tabs, as `lib/signin.ts` does.
    const renewal = navigator.locks ? navigator.locks.request(SESSION, { signal }, renew) : renew()
    keep('POST /api/session/token', renewal as Promise<Response>)
  }

  const [, own, channel, chat] =
    /^(\/u)?\/(?!(?:search|admin)$)(\w{3,24})(\/chat)?$/.exec(path.toLowerCase()) ?? []
  if (!channel) return responses
  const isGuest = !own && !isMember
  const { page, client } = document.querySelector<HTMLElement>('[data-client]')?.dataset ?? {}
  if (!own && !chat) preload(page)
  get(`/api/pages/live/${channel}`)
    .then((response) => response.clone().json())
    .then(({ state, isSignedInOnly, isForAdults }) => {
      // A page that may not join the room requests nothing for it.
      if (state !== 'live' || isSignedInOnly || isForAdults) return
      if (isGuest && tab) {
        const body = JSON.stringify({ host: channel, tab })
        keep(`POST /api/token${body}`, send('/api/token', 'POST', body))
      }
      preload(client)
    })
    .catch(() => {})
  if (isGuest) get(`/api/pages/channels/${channel}`)
  return responses
}

const JSON_TYPE = { 'Content-Type': 'application/json' }

function preload(files?: string): void {
  for (const href of files?.split(' ') ?? []) {
    const link = { rel: 'modulepreload', crossOrigin: '', href }
    document.head.append(Object.assign(document.createElement('link'), link))
  }
}

globalThis.firstRequests ??= { at: Date.now(), responses: startRequests(location.pathname) }
