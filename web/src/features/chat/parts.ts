/** A message's text in pieces: words, links where the server found them, and names that are called. */
import type { ChatMessage } from '../../api/types'

export type Part =
  | { kind: 'text'; text: string }
  | { kind: 'link'; text: string; url: string }
  | { kind: 'mention'; text: string; isMe: boolean }

const MENTION = /(?<![\p{L}\p{N}_@/])@(guest-\d+|[a-z0-9_]{3,24})(?![\p{L}\p{N}_])/giu

/** `me` is the reader's own name. */
export function partsOf(text: string, links: ChatMessage['links'], me: string | null): Part[] {
  const parts: Part[] = []
  let at = 0
  for (const { start, end, url } of links) {
    const isSound = start >= at && end > start && end <= text.length && /^https?:\/\//i.test(url)
    if (!isSound) continue
    addWords(parts, text.slice(at, start), me)
    parts.push({ kind: 'link', text: text.slice(start, end), url })
    at = end
  }
  addWords(parts, text.slice(at), me)
  return parts
}

function addWords(parts: Part[], words: string, me: string | null): void {
  let at = 0
  for (const match of words.matchAll(MENTION)) {
    if (match.index > at) parts.push({ kind: 'text', text: words.slice(at, match.index) })
    const isMe = match[1]?.toLowerCase() === me?.toLowerCase()
    parts.push({ kind: 'mention', text: match[0], isMe })
    at = match.index + match[0].length
  }
  if (at < words.length) parts.push({ kind: 'text', text: words.slice(at) })
}
