/** The chat's rules: which ones apply, for the banner, and whether the reader may write. */
import type { Stream } from '../../api/types'
import type { Role } from './participants'
import { isModerating } from './participants'

/** The fields of a stream that the chat depends on. */
export type ChatStream = Pick<
  Stream,
  'state' | 'isChatEnabled' | 'isChatDelayed' | 'isChatFollowersOnly' | 'chat'
>

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

/** Why the reader can't write. `until` is when that ends, in milliseconds, if it ends on its own. */
export type Gate =
  | { why: 'off' | 'offline' | 'signedIn' | 'follow' }
  | { why: 'timedOut' | 'followLonger'; until: number }

interface Reader {
  role: Role
  isFollowing: boolean
  timedOutUntil: number | null
  /** When the reader will have followed for long enough, according to the server. */
  newFollowerUntil: number | null
}

/** Return null if the reader may write. */
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

export const MAX_CHARACTERS = 500

/** Return the number of code points without surrounding white space, as the server counts. */
export function countCharacters(text: string): number {
  return [...text.trim()].length
}
