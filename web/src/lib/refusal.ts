import type { components } from '../api/schema.gen'

type ErrorBody = components['schemas']['ErrorBody']

/**
 * A request that did not succeed. `code` is the API's error code, such as `not_found`. It is `offline` if there was no
 * response, and `broken` if the response is not the API's.
 */
export class Refusal extends Error {
  readonly status: number
  readonly code: string
  readonly retryAfterMs: number | null
  /** A sentence for each invalid field of the request. */
  readonly fields: Record<string, string>

  constructor(
    status: number,
    code: string,
    message: string,
    retryAfterMs: number | null = null,
    fields: Record<string, string> = {},
  ) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
    this.retryAfterMs = retryAfterMs
    this.fields = fields
  }

  static from(status: number, body: unknown): Refusal {
    if (!isErrorBody(body)) return new Refusal(status, 'broken', 'The response is not valid')
    const { code, message, retryAfterMs, fields } = body.error
    return new Refusal(status, code, message, retryAfterMs ?? null, fields ?? {})
  }

  static caught(error: unknown): Refusal {
    if (error instanceof Refusal) return error
    return new Refusal(0, 'offline', error instanceof Error ? error.message : String(error))
  }
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false
  const { error } = body
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error
}
