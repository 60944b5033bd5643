/** The channel of this page: `?host=ann`. */
export const host = new URLSearchParams(location.search).get('host')

/** Request a viewer token from the site's API: `{serverUrl, token, room}`. A signed-in viewer's access token is stored. */
export async function requestToken() {
  const accessToken = localStorage.getItem('peer.token')
  const response = await fetch('/api/token', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      ...(accessToken && { Authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify({ host }),
  })
  if (!response.ok) throw new Error(`POST /api/token returned ${response.status}`)
  return response.json()
}
