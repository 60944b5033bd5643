/** Reads `?signin=`, which the server adds to the address after a failed sign-in. */

export type SignInNews = 'denied' | 'failed' | 'expired'

/** Return the reason and remove it from the address, so that reloads and shared links don't repeat it. */
export function takeSignInNews(): SignInNews | null {
  const address = new URL(location.href)
  const reason = address.searchParams.get('signin')
  if (reason === null) return null
  address.searchParams.delete('signin')
  history.replaceState(history.state, '', address.pathname + address.search + address.hash)
  return reason === 'denied' || reason === 'failed' || reason === 'expired' ? reason : null
}
