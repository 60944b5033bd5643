/**
 * Whether somebody is signed in, and their access token: held in memory alone, made from the HttpOnly cookie.
 *
 * A browser that has never signed in need not wait for the answer 'you have no session' before it shows a page: it goes
 * ahead as a guest, and `epoch` tells those who asked meanwhile to ask again should there be a session after all.
 */

import { Refusal } from './refusal'
import { recall, remember } from './remembered'
import { store } from './store'

export interface Session {
  status: 'unknown' | 'signedOut' | 'signedIn'
  /** Grows whenever what the API answers may have changed because the person did. */
  epoch: number
}

export const session = store<Session>({ status: 'unknown', epoch: 0 })

const HINT = 'footlight.session'
/** A token is renewed when it has no longer than this to live, so that none expires under way. */
const MARGIN_MS = 60_000

let held: { token: string; expiresAt: number } | null = null
let renewing: Promise<string | null> | null = null
let actedAsGuest = false

type News = 'signed-in' | 'signed-out'
const tabs = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(HINT)
tabs?.addEventListener('message', ({ data }: MessageEvent<News>) => {
  if (data === 'signed-out') forget()
  else if (session.get().status === 'signedOut') void renew().catch(() => {})
})

/** Where to send somebody who wants to sign in and come back to `path`. */
export function signInUrl(path = location.pathname + location.search): string {
  return `/api/session/login?return=${encodeURIComponent(path)}`
}

/** The session's answer is worth waiting for in the next page: called when a person leaves to sign in. */
export function expectSession(): void {
  remember(HINT, 'expected')
}

export function startSession(pauseMs = 2_000): void {
  renew().catch(() => {
    // Calls of the API that need the token try by themselves; this is for a page that makes none.
    setTimeout(() => {
      if (session.get().status === 'unknown') startSession(Math.min(pauseMs * 2, 60_000))
    }, pauseMs)
  })
}

/** The access token for a call of the API, or null for a guest. Throws `Refusal` where a session can't be renewed. */
export async function bearer(): Promise<string | null> {
  if (held && held.expiresAt - Date.now() > MARGIN_MS) return held.token
  const { status } = session.get()
  if (status === 'signedOut') return null
  if (status === 'unknown' && recall(HINT) === null) {
    actedAsGuest = true
    return null
  }
  return renew()
}

/** A new access token; null, and signed out, where the session has ended. */
export function renew(): Promise<string | null> {
  renewing ??= oneTabAtATime(fetchToken).finally(() => {
    renewing = null
  })
  return renewing
}

/** Ends the session in every tab of this browser. */
export async function signOut(): Promise<void> {
  const response = await fetch('/api/session', { method: 'DELETE' })
  if (!response.ok && response.status !== 401) {
    throw Refusal.from(response.status, await response.json().catch(() => null))
  }
  tabs?.postMessage('signed-out' satisfies News)
  forget()
}

/** Answers got so far may be out of date: the person is now somebody else to the API. */
export function nextEpoch(): void {
  const { status, epoch } = session.get()
  session.set({ status, epoch: epoch + 1 })
}

async function fetchToken(): Promise<string | null> {
  const response = await fetch('/api/session/token', { method: 'POST' })
  const body: unknown = await response.json().catch(() => null)
  if (response.status === 401) {
    forget()
    return null
  }
  if (!response.ok) throw Refusal.from(response.status, body)

  const { accessToken, expiresIn } = body as { accessToken: string; expiresIn: number }
  held = { token: accessToken, expiresAt: Date.now() + expiresIn * 1000 }
  const { status, epoch } = session.get()
  remember(HINT, 'open')
  if (status !== 'signedIn') {
    const outdated = status === 'signedOut' || actedAsGuest
    session.set({ status: 'signedIn', epoch: outdated ? epoch + 1 : epoch })
    tabs?.postMessage('signed-in' satisfies News)
  }
  return accessToken
}

function forget(): void {
  held = null
  remember(HINT, null)
  const { status, epoch } = session.get()
  if (status === 'signedOut') return
  session.set({ status: 'signedOut', epoch: status === 'signedIn' ? epoch + 1 : epoch })
}

/** Providers that rotate refresh tokens take two at once for theft, so tabs take turns. */
function oneTabAtATime<T>(work: () => Promise<T>): Promise<T> {
  // Locks are there in secure contexts only; over plain http (a laptop's address in the LAN) tabs just go ahead.
  const locks: LockManager | undefined = navigator.locks
  return locks ? (locks.request(HINT, work) as Promise<T>) : work()
}
