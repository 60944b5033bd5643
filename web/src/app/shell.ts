/**
 * Makes the first requests of a page before the site's code has loaded. `lib/firstRequests.ts` hands out the responses.
 *
 * The page's HTML loads this module separately, so it imports no code. Its element there, the first script, names the
 * scripts of a channel's page, and LiveKit's client. The HTML of a channel has the responses to some requests in it, each in
 * an element with the request's path as id (`footlight/channels/shell.py`).
 */
export {}

const SESSION = 'footlight.session'
const TAB = 'footlight.tab'
const TIMEOUT_MS = 10_000

function startRequests(): Map<string, Promise<Response>> {
  const responses = new Map<string, Promise<Response>>()
  // As in `lib/timedFetch.ts`, every request ends.
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  const keep = (request: string, response: Promise<Response>) => {
    // Perhaps nothing asks for the response.
    response.catch(() => {})
    responses.set(request, response)
    return response
  }
  const send = async (path: string, method?: string, body?: Blob) => {
    // The HTML may carry the response. A cache may have kept it for long, or this clock may be wrong.
    const known = document.getElementById(path)
    const isNew = Math.abs(Date.now() - Number(known?.dataset.at)) < TIMEOUT_MS
    if (isNew) return new Response(known?.textContent)
    return fetch(path, { method, body, signal })
  }
  const get = (path: string) => keep(`GET ${path}`, send(path))

  let isMember = false
  let tab: string | undefined
  try {
    isMember = SESSION in localStorage
    // `lib/tab.ts` chooses another name if this tab is a duplicate.
    tab = sessionStorage[TAB] ??= crypto.randomUUID().slice(28)
  } catch {
    // Storage is turned off, or the page is not secure.
  }
  if (isMember) {
    const renew = () => send('/api/session/token', 'POST')
    // Take turns with other tabs, as `lib/signin.ts` does.
    const renewal = navigator.locks?.request(SESSION, { signal }, renew) ?? renew()
    keep('POST /api/session/token', renewal as Promise<Response>)
  }

  const [, own, , channel, chat] =
    /^(\/u)?\/(?!(search|admin)$)(\w{3,24})(\/chat)?$/.exec(location.pathname.toLowerCase()) ?? []
  if (!channel) return responses
  const isGuest = !own && !isMember
  const scripts = document.scripts[0]?.dataset
  if (!own && !chat) preload(scripts?.page)
  get(`/api/pages/live/${channel}`)
    .then((response) => response.clone().json())
    .then(({ state, isSignedInOnly, isForAdults }) => {
      // A page that may not join the room requests nothing for it.
      if (state === 'live' && !isSignedInOnly && !isForAdults) {
        if (isGuest && tab) {
          const body = JSON.stringify({ host: channel, tab })
          const content = new Blob([body], { type: 'application/json' })
          keep(`POST /api/token${body}`, send('/api/token', 'POST', content))
        }
        preload(scripts?.client)
      }
    })
    .catch(() => {})
  if (isGuest) get(`/api/pages/channels/${channel}`)
  return responses
}

function preload(files?: string): void {
  for (const href of files?.split(' ') ?? []) {
    const link = document.createElement('link')
    link.rel = 'modulepreload'
    link.crossOrigin = ''
    link.href = href
    document.head.append(link)
  }
}

globalThis.firstRequests ??= { at: Date.now(), responses: startRequests() }
