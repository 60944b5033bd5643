/**
 * What a room says of its stream: the server writes the stream's own fields, as JSON, into the room's metadata whenever
 * they change.
 */
import type { ChatRules, Stream } from '../../api/types'

type Check = (value: unknown) => boolean
type Checks<T> = Partial<Record<keyof T, Check>>

const isBoolean: Check = (value) => typeof value === 'boolean'
const isCount: Check = (value) => Number.isInteger(value) && Number(value) >= 0
const areIds: Check = (value) =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')
const isInstant: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
const isInstantOrNull: Check = (value) => value === null || isInstant(value)

/** Fields that are not named here, or are not what they should be, are passed over. */
const KNOWN: Checks<Stream> = {
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

const KNOWN_OF_CHAT: Checks<ChatRules> = {
  delaySeconds: isCount,
  followersMinutes: isCount,
  isSignedInOnly: isBoolean,
  areLinksBlocked: isBoolean,
  areRepeatsBlocked: isBoolean,
  moderatorIds: areIds,
}

/** The stream as `metadata` changes it; the same object where that says nothing, or what is older than the stream. */
export function withNews<Known extends Stream>(stream: Known, metadata: string): Known {
  const told = parsed(metadata)
  const news = checked<Stream>(told, KNOWN)
  const chat = checked<ChatRules>(Object(told.chat), KNOWN_OF_CHAT)
  if (Object.keys({ ...news, ...chat }).length === 0) return stream
  if (Date.parse(news.updatedAt ?? stream.updatedAt) < Date.parse(stream.updatedAt)) return stream
  const next = { ...stream, ...news, chat: { ...stream.chat, ...chat } }
  return { ...next, isLive: next.state === 'live' }
}

function checked<T>(told: Record<string, unknown>, known: Checks<T>): Partial<T> {
  const sound = Object.entries<Check | undefined>(known)
    .filter(([name, isValid]) => isValid?.(told[name]))
    .map(([name]) => [name, told[name]])
  return Object.fromEntries(sound) as Partial<T>
}

function parsed(metadata: string): Record<string, unknown> {
  try {
    // Of null and of what is no object, no property is had.
    return Object(JSON.parse(metadata))
  } catch {
    return {}
  }
}
