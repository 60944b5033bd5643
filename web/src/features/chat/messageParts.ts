/** The parts of a message: text, links that the server found, and mentions. */
import type { ChatMessage } from '../../api/types'

export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'mention'; text: string; isMe: boolean }

const MENTION = /(?<![\p{L}\p{N}_@/])@(guest-\d+|[a-z0-9_]{3,24})(?![\p{L}\p{N}_])/giu

/** Split a message into parts. `me` is the reader's own name. */
export function splitMessage(text: string, links: ChatMessage['links'], me: string | null): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { start, end, url } of links) {
    const isValid = start >= at && end > start && end <= text.length && /^https?:\/\//i.test(url)
    if (!isValid) continue
    addText(parts, text.slice(at, start), me)
    parts.push({ kind: 'link', text: text.slice(start, end), url })
    at = end
  }
  addText(parts, text.slice(at), me)
  return parts
}

function addText(parts: Part[], text: string, me: string | null): void {
  let at = 0
  for (const match of text.matchAll(MENTION)) {
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) })
    const isMe = match[1]?.toLowerCase() === me?.toLowerCase()
    parts.push({ kind: 'mention', text: match[0], isMe })
    at = match.index + match[0].length
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) })
}
