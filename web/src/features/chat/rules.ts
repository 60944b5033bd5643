/** What the chat's rules say: in a banner for all, and for the reader whether they may write. */
import type { Role } from './people'
import { isModerating } from './people'

/** The stream's own fields that the chat goes by. */
export interface ChatStream {
  state: 'offline' | 'live' | 'reconnecting'
  isChatEnabled: boolean
  isChatDelayed: boolean
  isChatFollowersOnly: boolean
  chat: {
    delaySeconds: number
    followersMinutes: number
    isSignedInOnly: boolean
    areLinksBlocked: boolean
    areRepeatsBlocked: boolean
    moderatorIds: string[]
  }
}

export type Rule =
  | { rule: 'signedIn' }
  | { rule: 'followers'; minutes: number }
  | { rule: 'slow'; seconds: number }
  | { rule: 'noLinks' }
  | { rule: 'noRepeats' }

export function rulesOf(stream: ChatStream): Rule[] {
  const { chat } = stream
  const rules: (Rule | false)[] = [
    stream.isChatFollowersOnly && { rule: 'followers', minutes: chat.followersMinutes },
    chat.isSignedInOnly && !stream.isChatFollowersOnly && { rule: 'signedIn' },
    stream.isChatDelayed && { rule: 'slow', seconds: chat.delaySeconds },
    chat.areLinksBlocked && { rule: 'noLinks' },
    chat.areRepeatsBlocked && { rule: 'noRepeats' },
  ]
  return rules.filter((rule) => rule !== false)
}

/** Why the reader can't write; `until` where that ends by itself. */
export type Gate =
  | { why: 'off' | 'offline' | 'signedIn' | 'follow' }
  | { why: 'timedOut' | 'followLonger'; until: number }

interface Reader {
  role: Role
  isFollowing: boolean
  timedOutUntil: number | null
  /** Until when the server said that they have not followed for long enough. */
  newFollowerUntil: number | null
}

/** Null where they may write. */
export function gateOf(stream: ChatStream, reader: Reader, now: number): Gate | null {
  if (!stream.isChatEnabled) return { why: 'off' }
  if (stream.state === 'offline') return { why: 'offline' }
  if (isModerating(reader.role)) return null
  if (reader.timedOutUntil && reader.timedOutUntil > now) {
    return { why: 'timedOut', until: reader.timedOutUntil }
  }
  if (stream.chat.isSignedInOnly && reader.role === 'guest') return { why: 'signedIn' }
  if (stream.isChatFollowersOnly) {
    if (!reader.isFollowing) return { why: 'follow' }
    if (reader.newFollowerUntil && reader.newFollowerUntil > now) {
      return { why: 'followLonger', until: reader.newFollowerUntil }
    }
  }
  return null
}

export const MOST_LETTERS = 500

/** As the server counts: by code points. */
export function lettersOf(text: string): number {
  return [...text.trim()].length
}
