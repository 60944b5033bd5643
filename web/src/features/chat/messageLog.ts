/**
 * The messages of a chat in the server's order. Packets, pages of history, and repeats may arrive in any order, and the
 * list is the same. A deleted message never returns.
 *
 * The list is changed in place, so that a new message costs the same among ten thousand as among ten.
 */
import type { Message } from './message'

export interface MessageLog {
  /** Oldest first; always the same array. */
  readonly messages: readonly Message[]
  /** Add a message. Return false if the log already has it, or if it was deleted. */
  add(message: Message): boolean
  /** Replace every message up to `newest` with the newest pages. `newest` is the last message when they were requested. */
  renew(messages: readonly Message[], newest: Message | undefined): void
  remove(id: string): void
  /** Remove a viewer's messages up to an instant. */
  purge(viewerId: string, at: number): void
  /** Remove all messages up to an instant. */
  clear(at: number): void
  /** Drop the oldest messages, so that a page that stays open for days doesn't grow. They may be added again. */
  trim(maxMessages: number): void
  /** Return how many messages come after this one. */
  countAfter(message: Message): number
}

export function createMessageLog(): MessageLog {
  const messages: Message[] = []
  const ids = new Set<string>()
  const removedIds = new Set<string>()
  const purgedAt = new Map<string, number>()
  let clearedAt = -Infinity

  const isRemoved = ({ id, sentAt, viewerId }: Message) =>
    removedIds.has(id) || sentAt <= clearedAt || sentAt <= (purgedAt.get(viewerId) ?? -Infinity)

  /** Return the index after the last message that is not newer than `message`, by binary search. */
  const indexAfter = (message: Message): number => {
    let low = 0
    let high = messages.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compare(messages[middle] as Message, message) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  const filter = (isKept: (message: Message) => boolean) => {
    let count = 0
    for (const message of messages) {
      if (isKept(message)) messages[count++] = message
      else ids.delete(message.id)
    }
    messages.length = count
  }

  const add = (message: Message): boolean => {
    if (ids.has(message.id) || isRemoved(message)) return false
    ids.add(message.id)
    const last = messages.at(-1)
    // It is nearly always the newest.
    if (!last || compare(last, message) < 0) messages.push(message)
    else messages.splice(indexAfter(message), 0, message)
    return true
  }

  return {
    messages,
    add,
    renew(pages, newest) {
      const pageIds = new Set(pages.map(({ id }) => id))
      filter((message) => pageIds.has(message.id) || !newest || compare(message, newest) > 0)
      for (const message of pages) add(message)
    },
    remove(id) {
      removedIds.add(id)
      if (ids.has(id)) filter((message) => message.id !== id)
    },
    purge(viewerId, at) {
      purgedAt.set(viewerId, Math.max(at, purgedAt.get(viewerId) ?? -Infinity))
      filter((message) => !isRemoved(message))
    },
    clear(at) {
      clearedAt = Math.max(at, clearedAt)
      filter((message) => !isRemoved(message))
    },
    trim(maxMessages) {
      const excess = Math.max(0, messages.length - maxMessages)
      for (const { id } of messages.splice(0, excess)) ids.delete(id)
    },
    countAfter: (message) => messages.length - indexAfter(message),
  }
}

function compare(a: Message, b: Message): number {
  return a.sentAt - b.sentAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
