/**
 * The reader's messages that the server has not accepted yet, as a pure reducer.
 *
 * One message is sent at a time, so that they arrive in order. A message that was sent too early waits its turn. Only
 * the reader discards messages.
 */

export interface Unsent {
  /** The server stores a message with this id once, however often it is sent. */
  id: string
  text: string
  state: 'sending' | 'early' | 'failed'
  /** When a message in state `early` is sent, in milliseconds. */
  dueAt: number | null
  /** The API's error code of a failure, and its message. */
  code: string | null
  detail: string | null
}

export type OutboxEvent =
  | { type: 'written'; id: string; text: string }
  | { type: 'accepted'; id: string }
  | { type: 'early'; id: string; dueAt: number }
  | { type: 'failed'; id: string; code: string; detail: string }
  | { type: 'retried'; id: string }
  | { type: 'discarded'; id: string }

export function reduceOutbox(outbox: readonly Unsent[], event: OutboxEvent): readonly Unsent[] {
  const { id } = event
  const change = (changes: Partial<Unsent>) =>
    outbox.map((unsent) =>
      unsent.id === id ? { ...unsent, dueAt: null, code: null, detail: null, ...changes } : unsent,
    )
  switch (event.type) {
    case 'written': {
      const { text } = event
      return [...outbox, { id, text, state: 'sending', dueAt: null, code: null, detail: null }]
    }
    case 'accepted':
    case 'discarded': {
      const remaining = outbox.filter((unsent) => unsent.id !== id)
      return remaining.length < outbox.length ? remaining : outbox
    }
    case 'early':
      return change({ state: 'early', dueAt: event.dueAt })
    case 'failed':
      return change({ state: 'failed', code: event.code, detail: event.detail })
    case 'retried':
      return change({ state: 'sending' })
  }
}

/** Return the message to send next, the first that has not failed, or null if there is none. */
export function nextToSend(outbox: readonly Unsent[]): Unsent | null {
  return outbox.find(({ state }) => state !== 'failed') ?? null
}

/** Parse an outbox from the tab's storage. A message in flight when the page closed is resent with the same id. */
export function parseOutbox(stored: string | null): readonly Unsent[] {
  try {
    const items: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(items) ? items.filter(isUnsent) : []
  } catch {
    return []
  }
}

function isUnsent(item: unknown): item is Unsent {
  const { id, text, state, dueAt } = Object(item) as Record<string, unknown>
  if (typeof id !== 'string' || typeof text !== 'string') return false
  if (state === 'early') return typeof dueAt === 'number'
  return state === 'sending' || state === 'failed'
}
