/**
 * What one has written and the server has not taken yet, decided purely. One message goes out at a time, so that they
 * arrive in order; one that came too early waits its turn; nothing is ever dropped but by its writer.
 */

export interface Unsent {
  /** The server takes a message with this id once, however often it is sent. */
  id: string
  text: string
  state: 'sending' | 'early' | 'failed'
  /** When one that came too early goes out. */
  dueAt: number | null
  /** Why it failed, as the API's code, and what the server says of it. */
  code: string | null
  detail: string | null
}

export type OutboxEvent =
  | { type: 'written'; id: string; text: string }
  | { type: 'taken'; id: string }
  | { type: 'early'; id: string; dueAt: number }
  | { type: 'failed'; id: string; code: string; detail: string }
  | { type: 'again'; id: string }
  | { type: 'dropped'; id: string }

export function afterwards(outbox: readonly Unsent[], event: OutboxEvent): readonly Unsent[] {
  const { id } = event
  const change = (changes: Partial<Unsent>) =>
    outbox.map((one) =>
      one.id === id ? { ...one, dueAt: null, code: null, detail: null, ...changes } : one,
    )
  switch (event.type) {
    case 'written': {
      const { text } = event
      return [...outbox, { id, text, state: 'sending', dueAt: null, code: null, detail: null }]
    }
    case 'taken':
    case 'dropped':
      return outbox.some((one) => one.id === id) ? outbox.filter((one) => one.id !== id) : outbox
    case 'early':
      return change({ state: 'early', dueAt: event.dueAt })
    case 'failed':
      return change({ state: 'failed', code: event.code, detail: event.detail })
    case 'again':
      return change({ state: 'sending' })
  }
}

/** What to send next: the first that has not failed; null where there is none. */
export function nextOf(outbox: readonly Unsent[]): Unsent | null {
  return outbox.find(({ state }) => state !== 'failed') ?? null
}

/** As it lay in the tab's storage: what was on its way when the page went is sent again, with the same id. */
export function outboxOf(kept: string | null): readonly Unsent[] {
  try {
    const found: unknown = JSON.parse(kept ?? '[]')
    return Array.isArray(found) ? found.filter(isUnsent) : []
  } catch {
    return []
  }
}

function isUnsent(found: unknown): found is Unsent {
  const { id, text, state, dueAt } = Object(found) as Record<string, unknown>
  if (typeof id !== 'string' || typeof text !== 'string') return false
  if (state === 'early') return typeof dueAt === 'number'
  return state === 'sending' || state === 'failed'
}
