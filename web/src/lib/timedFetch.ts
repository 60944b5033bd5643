/** The only place that calls `fetch`, so that every request ends. `app/shell.ts` can't import it, and does the same. */

/** A page waits no longer for what it shows. Functions end after 10 s. */
const READ_MS = 12_000
/** A change may take as long as the gateway allows, which is 29 s. */
const CHANGE_MS = 31_000

/** Send a request, and reject if its response hasn't arrived in time, up to the end of its body. */
export function timedFetch(request: Request): Promise<Response> {
  const ms = request.method === 'GET' ? READ_MS : CHANGE_MS
  return fetch(request, { signal: abortAfter(ms, request.signal) })
}

/** Return a signal that aborts after a time, or with `earlier`. Old browsers have no `AbortSignal.any`. */
export function abortAfter(ms: number, earlier?: AbortSignal): AbortSignal {
  const aborter = new AbortController()
  const abort = () => aborter.abort()
  earlier?.addEventListener('abort', abort)
  setTimeout(abort, ms)
  return aborter.signal
}
