/** The one client of the API: adds the bearer, renews it once where it has expired, and turns refusals into `Refusal`. */
import createClient from 'openapi-fetch'
import type { paths } from '../api/schema.gen'
import { Refusal } from './refusal'
import { bearer, renew } from './signin'

export const api = createClient<paths>({ fetch: fetchAsBearer })

/** The body of a successful answer. Throws `Refusal`. */
export async function answer<T>(
  call: Promise<{ data?: T; error?: unknown; response: Response }>,
): Promise<T> {
  let result: { data?: T; error?: unknown; response: Response }
  try {
    result = await call
  } catch (error) {
    throw Refusal.caught(error)
  }
  if (!result.response.ok) throw Refusal.from(result.response.status, result.error)
  return result.data as T
}

async function fetchAsBearer(request: Request): Promise<Response> {
  const token = await bearer()
  // A request's body can be read once, and a second try needs it again.
  const spare = token ? request.clone() : request
  const response = await fetch(carrying(request, token))
  if (!token) return response
  if (response.status === 409 && (await lacksUsername(request, response))) {
    spare.headers.delete('Authorization')
    return fetch(spare)
  }
  if (response.status !== 401) return response
  const renewed = await renew()
  return renewed && renewed !== token ? fetch(carrying(spare, renewed)) : response
}

function carrying(request: Request, token: string | null): Request {
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}

/** Until somebody signed in has chosen a username, what anyone may see is asked for as a guest. */
async function lacksUsername({ url }: Request, response: Response): Promise<boolean> {
  if (!/^\/api\/(token$|pages\/(home|search|channels)\b)/.test(new URL(url).pathname)) return false
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => null)
  return Refusal.from(response.status, body).code === 'username_required'
}
