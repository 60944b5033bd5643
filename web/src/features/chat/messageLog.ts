/**
 * What has been said, in the server's order: packets, pages of history and repeats go in, in whatever order they come,
 * and the same list comes out. What was taken away never comes back.
 *
 * The list is changed in place: one more message costs the same among ten thousand as among ten.
 */
import type { Message } from './message'

export interface MessageLog {
  /** The oldest first; always the same array. */
  readonly messages: readonly Message[]
  /** False where it is known already, or gone. */
  add(message: Message): boolean
  /** Takes the newest pages as the whole truth about all that was held when they were asked for. */
  renew(messages: readonly Message[], askedAfter: Message | undefined): void
  remove(id: string): void
  /** Takes away what that viewer said until then. */
  purge(viewerId: string, at: number): void
  /** Takes away what anybody said until then. */
  clear(at: number): void
  /** Lets go of the oldest, so that a page which stays open for days doesn't grow for days. */
  trim(most: number): void
  /** How many come after this one. */
  countAfter(message: Message): number
}

export function messageLog(): MessageLog {
  const messages: Message[] = []
  const ids = new Set<string>()
  const removed = new Set<string>()
  const purged = new Map<string, number>()
  let clearedAt = -Infinity

  const isGone = ({ id, sentAt, viewerId }: Message) =>
    removed.has(id) || sentAt <= clearedAt || sentAt <= (purged.get(viewerId) ?? -Infinity)

  /** How many of the list come before `message` or are it. */
  const placeOf = (message: Message): number => {
    let low = 0
    let high = messages.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (inOrder(messages[middle] as Message, message) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  const keep = (isKept: (message: Message) => boolean) => {
    let count = 0
    for (const message of messages) {
      if (isKept(message)) messages[count++] = message
      else ids.delete(message.id)
    }
    messages.length = count
  }

  const add = (message: Message): boolean => {
    if (ids.has(message.id) || isGone(message)) return false
    ids.add(message.id)
    const last = messages.at(-1)
    // Nearly always it is the newest.
    if (!last || inOrder(last, message) < 0) messages.push(message)
    else messages.splice(placeOf(message), 0, message)
    return true
  }

  return {
    messages,
    add,
    renew(pages, askedAfter) {
      const there = new Set(pages.map(({ id }) => id))
      keep((message) => there.has(message.id) || !askedAfter || inOrder(message, askedAfter) > 0)
      for (const message of pages) add(message)
    },
    remove(id) {
      removed.add(id)
      if (ids.has(id)) keep((message) => message.id !== id)
    },
    purge(viewerId, at) {
      purged.set(viewerId, Math.max(at, purged.get(viewerId) ?? -Infinity))
      keep((message) => !isGone(message))
    },
    clear(at) {
      clearedAt = Math.max(at, clearedAt)
      keep((message) => !isGone(message))
    },
    trim(most) {
      for (const { id } of messages.splice(0, Math.max(0, messages.length - most))) ids.delete(id)
    },
    countAfter: (message) => messages.length - placeOf(message),
  }
}

function inOrder(one: Message, other: Message): number {
  return one.sentAt - other.sentAt || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0)
}
