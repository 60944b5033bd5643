/** Reads `?signin=`, which the server adds to the address after a failed sign-in, or after a passkey was added. */

/** Return its value and remove it from the address, so that reloads and shared links don't repeat it. */
export function takeSignInNews(): string | null {
  const address = new URL(location.href)
  const reason = address.searchParams.get('signin')
  if (reason === null) return null
  address.searchParams.delete('signin')
  history.replaceState(history.state, '', address.pathname + address.search + address.hash)
  return reason
}
