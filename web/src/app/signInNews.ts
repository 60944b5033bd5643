/** What the server says of a sign-in that did not succeed: `?signin=` on the page people are sent back to. */

export type SignInNews = 'denied' | 'failed' | 'expired'

/** Reads the word and takes it out of the address, so that a reload or a shared link does not say it again. */
export function takeSignInNews(): SignInNews | null {
  const address = new URL(location.href)
  const word = address.searchParams.get('signin')
  if (word === null) return null
  address.searchParams.delete('signin')
  history.replaceState(history.state, '', address.pathname + address.search + address.hash)
  return word === 'denied' || word === 'failed' || word === 'expired' ? word : null
}
