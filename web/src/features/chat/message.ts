/** A message as the chat uses it, and the server's packets. */
import type { ChatMessage } from '../../api/types'
import { roleOf, viewerIdOf } from './participants'

export interface Message extends ChatMessage {
  viewerId: string
}

export function toMessage(message: ChatMessage): Message {
  return { ...message, viewerId: viewerIdOf(message.from.identity) }
}

/** What the server sends to the room. */
export type Packet =
  | { type: 'message'; message: Message }
  | { type: 'deleted'; id: string }
  | { type: 'purged' | 'timedOut'; viewerId: string; at: number; until: number | null }
  | { type: 'cleared'; at: number }

/** Return null if the payload is not a valid packet, or is of an unknown type. */
export function parsePacket(payload: Uint8Array): Packet | null {
  const packet = parse(payload)
  const { type, id, viewerId, until, at } = packet
  switch (type) {
    case 'message': {
      const message = parseMessage(packet)
      return message && { type, message: toMessage(message) }
    }
    case 'deleted':
      return typeof id === 'string' ? { type, id } : null
    case 'purged':
    case 'timedOut': {
      const end = type === 'purged' || until === null ? null : Date.parse(String(until))
      if (typeof viewerId !== 'string' || typeof at !== 'number' || Number.isNaN(end)) return null
      return { type, viewerId, at, until: end }
    }
    case 'cleared':
      return typeof at === 'number' ? { type, at } : null
    default:
      return null
  }
}

function parseMessage(packet: Record<string, unknown>): ChatMessage | null {
  const { id, text, sentAt, from, links } = packet
  const { identity, name } = Object(from) as Record<string, unknown>
  if (typeof id !== 'string' || typeof text !== 'string' || typeof sentAt !== 'number') return null
  if (typeof identity !== 'string' || typeof name !== 'string') return null
  return {
    id,
    text,
    sentAt,
    from: { identity, name, role: roleOf(identity, []) },
    links: Array.isArray(links) ? (links as ChatMessage['links']) : [],
  }
}

function parse(payload: Uint8Array): Record<string, unknown> {
  try {
    return Object(JSON.parse(new TextDecoder().decode(payload)))
  } catch {
    return {}
  }
}
