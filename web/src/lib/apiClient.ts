/**
 * A client of the API, typed by its OpenAPI document: paths, parameters, bodies, and responses.
 *
 * It builds requests and reads responses. How a request is authorized is up to `send`: see `api.ts`.
 */
import type { paths } from '../api/schema.gen'
import { Refusal } from './refusal'
import { store } from './store'

/** The latest refusal because the user is suspended. */
export const suspended = store<Refusal | null>(null)

export type ApiPath = keyof paths

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete'

/** The paths that have an operation with this method. */
type PathWith<M extends Method> = {
  [P in ApiPath]: paths[P][M] extends object ? P : never
}[ApiPath]

type Json<T> = { content: { 'application/json': T } }

type Parameters<Operation> = Operation extends { parameters: infer P }
  ? Pick<P, Extract<keyof P, 'path' | 'query'>>
  : never

type Body<Operation> = Operation extends { requestBody: Json<infer T> }
  ? { body: T }
  : Operation extends { requestBody?: never }
    ? { body?: never }
    : Operation extends { requestBody?: Json<infer T> }
      ? { body?: T }
      : never

type Options<Operation> = Parameters<Operation> & Body<Operation> & { signal?: AbortSignal }

/** An argument that may be left out if none of its properties is required. */
type Argument<T> = Record<never, never> extends T ? [options?: T] : [options: T]

/** The body of a successful response; undefined for 202 and 204. */
type ResponseBody<Operation> = Operation extends { responses: infer R }
  ? {
      [Status in keyof R]: Status extends 200 | 201
        ? R[Status] extends Json<infer T>
          ? T
          : undefined
        : Status extends 202 | 204
          ? undefined
          : never
    }[keyof R]
  : never

/** Each call resolves with the body of a successful response, and throws `Refusal` otherwise. */
export type ApiClient = {
  [M in Method]: <P extends PathWith<M>>(
    path: P,
    ...options: Argument<Options<paths[P][M]>>
  ) => Promise<ResponseBody<paths[P][M]>>
}

/** Sends a request. `path` is its path as the document has it, such as `/api/chat/{username}`. */
export type Send = (request: Request, path: ApiPath) => Promise<Response>

export function createClient(send: Send): ApiClient {
  const call = async (method: Method, path: ApiPath, options: Sent = {}) => {
    const { body, signal } = options
    const request = new Request(new URL(fill(path, options), location.href), {
      method: method.toUpperCase(),
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'Content-Type': 'application/json' },
      }),
      ...(signal && { signal }),
    })
    try {
      const response = await send(request, path)
      const text = await response.text()
      if (!response.ok) {
        const refusal = Refusal.from(response.status, parse(text))
        if (refusal.code === 'suspended') suspended.set(refusal)
        throw refusal
      }
      return text ? JSON.parse(text) : undefined
    } catch (error) {
      throw Refusal.caught(error)
    }
  }
  return {
    get: (path, ...[options]) => call('get', path, options),
    put: (path, ...[options]) => call('put', path, options),
    post: (path, ...[options]) => call('post', path, options),
    patch: (path, ...[options]) => call('patch', path, options),
    delete: (path, ...[options]) => call('delete', path, options),
  }
}

/** Return the URL of a GET operation, for a link to it. */
export function apiUrl<P extends PathWith<'get'>>(
  path: P,
  ...[parameters]: Argument<Parameters<paths[P]['get']>>
): string {
  return fill(path, parameters)
}

interface Sent {
  path?: object
  query?: object
  body?: unknown
  signal?: AbortSignal
}

/** Fill in path parameters and append the query. Query parameters without a value are left out. */
function fill(path: ApiPath, parameters: Pick<Sent, 'path' | 'query'> = {}): string {
  const values = Object(parameters.path)
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name]))
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters.query ?? {})) {
    if (value !== undefined && value !== null) query.set(name, String(value))
  }
  // Chromium 103 has no `query.size`.
  return `${query}` ? `${filled}?${query}` : filled
}

/** Return null if the text is not JSON: a proxy in front of the API may refuse with a page of HTML. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
