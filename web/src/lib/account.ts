/** Who is looking at the site. */
import type { Me } from '../api/types'
import { api } from './api'
import { nextEpoch, session } from './signin'
import { store } from './store'

export type Account =
  | { status: 'unknown'; me: null }
  | { status: 'guest'; me: null }
  | { status: 'member'; me: Me }

export const account = store<Account>({ status: 'unknown', me: null })

/** Follows the session: somebody signed in is asked for by `GET /api/me`. */
export function followSession(): void {
  session.watch(look)
  look()
}

const AGAIN_MS = 5_000

function look(): void {
  const { status } = session.get()
  if (status === 'signedOut') account.set({ status: 'guest', me: null })
  else if (status === 'signedIn' && account.get().status !== 'member') void loadMe()
}

async function loadMe(): Promise<void> {
  try {
    knownAs(await api.get('/api/me'))
  } catch {
    // The pages' own requests say what is wrong.
    setTimeout(look, AGAIN_MS)
  }
}

/** Takes what the API said of this person; a username just chosen makes earlier answers out of date. */
export function knownAs(me: Me): void {
  const before = account.get()
  account.set({ status: 'member', me })
  if (before.me && before.me.username !== me.username) nextEpoch()
}
