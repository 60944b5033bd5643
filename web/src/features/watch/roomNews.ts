/**
 * What a room says of its stream: the server writes the stream's own fields, as JSON, into the room's metadata whenever
 * they change.
 */
import type { Stream } from '../../api/types'

type Check = (value: unknown) => boolean

const isBoolean: Check = (value) => typeof value === 'boolean'
const isInstant: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isInstantOrNull: Check = (value) => value === null || isInstant(value)

/** Fields that are not named here, or are not what they should be, are passed over. */
const KNOWN: Partial<Record<keyof Stream, Check>> = {
  title: (value) => typeof value === 'string',
  state: (value) => value === 'offline' || value === 'live' || value === 'reconnecting',
  startedAt: isInstantOrNull,
  isChatEnabled: isBoolean,
  isChatDelayed: isBoolean,
  isChatFollowersOnly: isBoolean,
  isSignedInOnly: isBoolean,
  signedInOnlyUntil: isInstantOrNull,
  updatedAt: isInstant,
}

/** The stream as `metadata` changes it; the same object where that says nothing, or what is older than the stream. */
export function withNews(stream: Stream, metadata: string): Stream {
  const told = parsed(metadata)
  const news: Partial<Stream> = Object.fromEntries(
    Object.entries(KNOWN)
      .filter(([name, isValid]) => isValid(told[name]))
      .map(([name]) => [name, told[name]]),
  )
  if (Object.keys(news).length === 0) return stream
  if (Date.parse(news.updatedAt ?? stream.updatedAt) < Date.parse(stream.updatedAt)) return stream
  const next = { ...stream, ...news }
  return { ...next, isLive: next.state === 'live' }
}

function parsed(metadata: string): Record<string, unknown> {
  try {
    // Of null and of what is no object, no property is had.
    return Object(JSON.parse(metadata))
  } catch {
    return {}
  }
}
