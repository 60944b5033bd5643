/**
 * The one client of the API: adds the bearer, renews it once where it has expired, and turns refusals into `Refusal`.
 *
 * Its calls are typed as openapi-fetch types them. What that library does at run time (middleware, styles of parameters,
 * forms) this API has no use for, and it would be an eighth of the home page's script.
 */
import type { Client } from 'openapi-fetch'
import type { paths } from '../api/schema.gen'
import { Refusal } from './refusal'
import { bearer, renew } from './signin'

type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE'

interface Call {
  params?: { path?: Record<string, unknown>; query?: Record<string, unknown> }
  body?: unknown
  signal?: AbortSignal
}

export const api = {
  GET: by('GET'),
  PUT: by('PUT'),
  POST: by('POST'),
  PATCH: by('PATCH'),
  DELETE: by('DELETE'),
} as unknown as Pick<Client<paths, 'application/json'>, Method>

function by(method: Method) {
  return async (path: string, { params, body, signal }: Call = {}) => {
    const query = new URLSearchParams()
    for (const [name, value] of Object.entries(params?.query ?? {})) {
      if (value !== undefined && value !== null) query.set(name, String(value))
    }
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent(String(params?.path?.[name])),
    )
    const request = new Request(
      new URL(query.size ? `${filled}?${query}` : filled, location.href),
      {
        method,
        ...(body !== undefined && {
          body: JSON.stringify(body),
          headers: { 'Content-Type': 'application/json' },
        }),
        ...(signal && { signal }),
      },
    )
    const response = await fetchAsBearer(request)
    const text = await response.text()
    if (response.ok) return { data: text ? (JSON.parse(text) as unknown) : undefined, response }
    return { error: parsed(text), response }
  }
}

/** What stands before the API may refuse in something else than JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

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
