/** The channel of this page: `?host=ann`. */
export const host = new URLSearchParams(location.search).get('host')

/** Request a viewer token from the site's API: `{serverUrl, token, room}`. */
export async function requestToken() {
  const response = await fetch('/api/token', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ host }),
  })
  if (!response.ok) throw new Error(`POST /api/token returned ${response.status}`)
  return response.json()
}
