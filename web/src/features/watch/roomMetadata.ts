/** A room's metadata: the server writes the stream's own fields into it, as JSON, whenever they change. */
import type { ChatRules, Stream } from '../../api/types'

type Check = (value: unknown) => boolean
type Checks<T> = Partial<Record<keyof T, Check>>

const isBoolean: Check = (value) => typeof value === 'boolean'
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0
const areIds: Check = (value) => Array.isArray(value) && value.every((id) => typeof id === 'string')
const isInstant: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isInstantOrNull: Check = (value) => value === null || isInstant(value)

/** Other fields, and fields with another type, are ignored. */
const STREAM_CHECKS: Checks<Stream> = {
  title: (value) => typeof value === 'string',
  state: (value) => value === 'offline' || value === 'live' || value === 'reconnecting',
  startedAt: isInstantOrNull,
  isChatEnabled: isBoolean,
  isChatDelayed: isBoolean,
  isChatFollowersOnly: isBoolean,
  isSignedInOnly: isBoolean,
  signedInOnlyUntil: isInstantOrNull,
  isForAdults: isBoolean,
  updatedAt: isInstant,
}

const CHAT_CHECKS: Checks<ChatRules> = {
  delaySeconds: isCount,
  followersMinutes: isCount,
  isSignedInOnly: isBoolean,
  areLinksBlocked: isBoolean,
  areRepeatsBlocked: isBoolean,
  moderatorIds: areIds,
}

/**
 * Return the stream with the changes that `metadata` has.
 *
 * Return the same object if there are none, or if the metadata is older than the stream.
 */
export function applyRoomMetadata<T extends Stream>(stream: T, metadata: string): T {
  const received = parse(metadata)
  const changes = valid<Stream>(received, STREAM_CHECKS)
  const chat = valid<ChatRules>(Object(received.chat), CHAT_CHECKS)
  if (Object.keys({ ...changes, ...chat }).length === 0) return stream
  const updatedAt = changes.updatedAt ?? stream.updatedAt
  if (Date.parse(updatedAt) < Date.parse(stream.updatedAt)) return stream
  const next = { ...stream, ...changes, chat: { ...stream.chat, ...chat } }
  return { ...next, isLive: next.state === 'live' }
}

function valid<T>(received: Record<string, unknown>, checks: Checks<T>): Partial<T> {
  const fields = Object.entries<Check | undefined>(checks)
    .filter(([name, isValid]) => isValid?.(received[name]))
    .map(([name]) => [name, received[name]])
  return Object.fromEntries(fields) as Partial<T>
}

function parse(metadata: string): Record<string, unknown> {
  try {
    // `Object` turns null, numbers, and strings into objects without the fields above.
    return Object(JSON.parse(metadata))
  } catch {
    return {}
  }
}
