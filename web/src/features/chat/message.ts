/** A message as the chat's own code has it, and what the server's packets say. */
import type { ChatMessage } from '../../api/types'
import { roleOf, viewerOf } from './people'

export interface Message extends ChatMessage {
  viewerId: string
}

export function messageOf(sent: ChatMessage): Message {
  return { ...sent, viewerId: viewerOf(sent.from.identity) }
}

/** What the room hears, from the server alone. */
export type Packet =
  | { type: 'message'; message: Message }
  | { type: 'deleted'; id: string }
  | { type: 'purged' | 'timedOut'; viewerId: string; at: number; until: number | null }
  | { type: 'cleared'; at: number }

/** Null for what is no packet of ours, or of a kind that is not known yet. */
export function packetOf(payload: Uint8Array): Packet | null {
  const told = parsed(payload)
  const { type, id, viewerId, until, at } = told
  switch (type) {
    case 'message': {
      const message = sentMessage(told)
      return message && { type, message: messageOf(message) }
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

function sentMessage({ id, text, sentAt, from, links }: Record<string, unknown>) {
  const { identity, name } = Object(from) as Record<string, unknown>
  if (typeof id !== 'string' || typeof text !== 'string' || typeof sentAt !== 'number') return null
  if (typeof identity !== 'string' || typeof name !== 'string') return null
  const message: ChatMessage = {
    id,
    text,
    sentAt,
    from: { identity, name, role: roleOf(identity, []) },
    links: Array.isArray(links) ? (links as ChatMessage['links']) : [],
  }
  return message
}

function parsed(payload: Uint8Array): Record<string, unknown> {
  try {
    return Object(JSON.parse(new TextDecoder().decode(payload)))
  } catch {
    return {}
  }
}
