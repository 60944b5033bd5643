/**
 * The sign-in session and its access token. The token is held in memory only; an HttpOnly cookie renews it.
 *
 * A browser that has never signed in doesn't wait for the API to confirm that it has no session. It shows pages as a
 * guest. If there is a session after all, `epoch` grows and every page is loaded again.
 */
import { apiUrl, createClient } from './apiClient'
import { fetchOnce } from './firstRequests'
import { Refusal } from './refusal'
import { readStored, writeStored } from './storage'
import { store } from './store'
import { abortAfter } from './timedFetch'

export interface Session {
  status: 'unknown' | 'signedOut' | 'signedIn'
  /** Grows whenever the API may respond differently because the user has changed. */
  epoch: number
}

export const session = store<Session>({ status: 'unknown', epoch: 0 })

const HINT = 'footlight.session'
/** A token is renewed this long before it expires, so that none expires in flight. */
const MARGIN_MS = 60_000
/** A renewal ends after this, so that it can't hold up other tabs. */
const RENEWAL_MS = 10_000
/** A tab waits this long for its turn. */
const TURN_MS = 15_000
/** A page that guests can see waits this long for the session of a user. Then it is shown as to a guest. */
const PATIENCE_MS = 4_000

/** Session routes are authorized by the cookie, without a token. */
const cookieApi = createClient(fetchOnce)
let current: { token: string; expiresAt: number } | null = null
let renewal: Promise<string | null> | null = null
let actedAsGuest = false

type TabMessage = 'signed-in' | 'signed-out'
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(HINT)
tabs?.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
  if (data === 'signed-out') endSession()
  else if (session.get().status === 'signedOut') void renewToken().catch(() => {})
})

/** Return the link that signs a user in and then returns to `path`. */
export function signInUrl(path = location.pathname + location.search): string {
  return apiUrl('/api/session/login', { query: { return: path } })
}

/** Make the next page wait for the session. Call it when the user leaves to sign in. */
export function expectSession(): void {
  writeStored(HINT, 'expected')
}

/** Return whether this browser has signed in before, as far as it remembers. */
export function hasSignedIn(): boolean {
  return readStored(HINT) !== null
}

export function startSession(pauseMs = 2_000): void {
  renewToken().catch(() => {
    // API calls that need the token retry on their own. This is for pages that make none.
    setTimeout(() => {
      if (session.get().status === 'unknown') startSession(Math.min(pauseMs * 2, 60_000))
    }, pauseMs)
  })
}

/**
 * Return the access token for an API call, or null for a guest. Throws `Refusal` if the token can't be renewed.
 *
 * With `isOpenToGuests`, a page that opens while the session can't be renewed acts as a guest's.
 */
export async function accessToken(isOpenToGuests = false): Promise<string | null> {
  if (current && current.expiresAt - Date.now() > MARGIN_MS) return current.token
  const { status } = session.get()
  if (status === 'signedOut') return null
  if (status === 'unknown' && !hasSignedIn()) return actAsGuest()
  if (status !== 'unknown' || !isOpenToGuests) return renewToken()
  const patience = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS))
  const token = await Promise.race([renewToken().catch(() => null), patience])
  return token ?? actAsGuest()
}

function actAsGuest(): null {
  actedAsGuest = true
  return null
}

/** Return a new access token. If the session has ended, sign out and return null. */
export function renewToken(): Promise<string | null> {
  renewal ??= oneTabAtATime(requestToken).finally(() => {
    renewal = null
  })
  return renewal
}

/**
 * End the session in every tab of this browser, and go to the page that ends the identity provider's session.
 * With `everywhere`, also end the sessions of the user's other browsers.
 */
export async function signOut(everywhere?: boolean): Promise<void> {
  const { logoutUrl } = await cookieApi.delete('/api/session', { query: { everywhere } })
  tabs?.postMessage('signed-out' satisfies TabMessage)
  endSession()
  if (logoutUrl) location.assign(logoutUrl)
}

/** Make every page load its data again: the API now sees another user. */
export function nextEpoch(): void {
  const { status, epoch } = session.get()
  session.set({ status, epoch: epoch + 1 })
}

async function requestToken(): Promise<string | null> {
  try {
    const { accessToken: token, expiresIn } = await cookieApi.post('/api/session/token', {
      signal: abortAfter(RENEWAL_MS),
    })
    current = { token, expiresAt: Date.now() + expiresIn * 1000 }
    startSignedIn()
    return token
  } catch (error) {
    if (Refusal.caught(error).status !== 401) throw error
    endSession()
    return null
  }
}

function startSignedIn(): void {
  const { status, epoch } = session.get()
  writeStored(HINT, 'open')
  if (status === 'signedIn') return
  const isOutdated = status === 'signedOut' || actedAsGuest
  session.set({ status: 'signedIn', epoch: isOutdated ? epoch + 1 : epoch })
  tabs?.postMessage('signed-in' satisfies TabMessage)
}

function endSession(): void {
  current = null
  writeStored(HINT, null)
  const { status, epoch } = session.get()
  if (status === 'signedOut') return
  session.set({ status: 'signedOut', epoch: status === 'signedIn' ? epoch + 1 : epoch })
}

/** Take turns with other tabs. Providers that rotate refresh tokens take two concurrent renewals for theft. */
function oneTabAtATime<T>(work: () => Promise<T>): Promise<T> {
  // Locks need a secure context. Over plain http (a laptop's address in the LAN) tabs don't wait for each other.
  const locks: LockManager | undefined = navigator.locks
  return locks ? (locks.request(HINT, { signal: abortAfter(TURN_MS) }, work) as Promise<T>) : work()
}
