/** The user of this page: a guest or a member. */
import type { Me } from '../api/types'
import { api } from './api'
import { suspended } from './apiClient'
import { nextEpoch, session } from './signin'
import { store } from './store'

export type Account =
  | { status: 'unknown'; me: null }
  | { status: 'guest'; me: null }
  | { status: 'member'; me: Me }

export const account = store<Account>({ status: 'unknown', me: null })

/** Keep the account up to date with the session. After a sign-in, it is loaded by `GET /api/me`. */
export function followSession(): void {
  session.watch(update)
  // A refusal may be the first sign of a suspension.
  suspended.watch(() => void loadMe())
  update()
}

const RETRY_MS = 5_000

function update(): void {
  const { status } = session.get()
  if (status === 'signedOut') account.set({ status: 'guest', me: null })
  else if (status === 'signedIn' && account.get().status !== 'member') void loadMe()
}

/** Load the account again. It may have been suspended, or its suspension lifted. */
export async function loadMe(): Promise<void> {
  try {
    setMe(await api.get('/api/me'))
  } catch {
    // The requests of the page itself show the error.
    setTimeout(update, RETRY_MS)
  }
}

/** Set the account from an API response. A new username makes the earlier responses stale. */
export function setMe(me: Me): void {
  const before = account.get()
  account.set({ status: 'member', me })
  if (before.me && before.me.username !== me.username) nextEpoch()
}
