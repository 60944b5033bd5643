/** The site's one client of the API. It sends the access token, and renews the token once if the API rejects it. */
import { type ApiPath, createClient } from './apiClient'
import { fetchOnce } from './firstRequests'
import { Refusal } from './refusal'
import { accessToken, renewToken } from './signin'
import { timedFetch } from './timedFetch'

export const api = {
  ...createClient(sendAsUser),
  /** Return a client that sends this viewer token instead of the access token. It never renews the token. */
  as: (token: string) => createClient((request) => timedFetch(authorized(request, token))),
}

/** A client without any token, for what is the same for everyone. */
export const publicApi = createClient(fetchOnce)

/** What guests may request. Until a signed-in user chooses a username, the API is asked for these as a guest. */
const OPEN_TO_GUESTS: readonly ApiPath[] = [
  '/api/token',
  '/api/pages/home',
  '/api/pages/search',
  '/api/pages/channels/{username}',
]

async function sendAsUser(request: Request, path: ApiPath): Promise<Response> {
  const token = await accessToken(OPEN_TO_GUESTS.includes(path))
  if (!token) return fetchOnce(request)
  // A request's body can be read only once, and a retry needs it again.
  const spare = request.clone()
  const response = await timedFetch(authorized(request, token))
  if (OPEN_TO_GUESTS.includes(path) && (await lacksUsername(response))) {
    spare.headers.delete('Authorization')
    return timedFetch(spare)
  }
  if (response.status !== 401) return response
  const renewed = await renewToken()
  return renewed && renewed !== token ? timedFetch(authorized(spare, renewed)) : response
}

function authorized(request: Request, token: string): Request {
  request.headers.set('Authorization', `Bearer ${token}`)
  return request
}

async function lacksUsername(response: Response): Promise<boolean> {
  if (response.status !== 409) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return Refusal.from(response.status, body).code === 'username_required'
}
