/**
 * What the player does and shows, decided purely: what happened so far goes in; whether to be in the room, and one of
 * four views, come out.
 *
 * Nothing here knows a room, a video element or a clock.
 */
import type { StreamState } from '../../api/types'

export interface PlayerState {
  /** To the room, as long as the player wants to be in it. */
  connection: 'joining' | 'joined' | 'interrupted' | 'pausing'
  /** What was last said of the stream, by the API, the room's metadata or the room itself; null before anything was. */
  announced: StreamState | null
  /** Only signed-in viewers may watch, and this is not one of them. */
  isKeptOut: boolean
  /** The host's own participant, the ingress, is in the room. */
  isHostHere: boolean
  hasVideo: boolean
  hasAudio: boolean
  /** A picture of the present video track has been shown. */
  hasFrame: boolean
  /** The host came a while ago and no video with them: perhaps they send sound alone. */
  isPictureOverdue: boolean
  /** They were live a moment ago and may be back: the drop grace. */
  isBackSoon: boolean
  refusal: 'notFound' | 'notConfigured' | 'limited' | null
}

export type PlayerEvent =
  | { type: 'joining' }
  | { type: 'joined' }
  /** Neither the room nor, where the stream is not known yet, the API could be reached. */
  | { type: 'failed' }
  | { type: 'refused'; refusal: NonNullable<PlayerState['refusal']> | 'signedInOnly' }
  | { type: 'interrupted' }
  | { type: 'resumed' }
  | { type: 'left' }
  | { type: 'host'; here: boolean }
  | { type: 'track'; kind: 'video' | 'audio' }
  | { type: 'trackGone'; kind: 'video' | 'audio' }
  | { type: 'frame' }
  | { type: 'pictureOverdue' }
  | { type: 'announced'; state: StreamState; isKeptOut: boolean }
  | { type: 'graceOver' }

export type View = 'offline' | 'loading' | 'live' | 'reconnecting'

/** Why the player shows what it shows; each is a sentence in `strings.ts`. */
export type Words =
  | 'connecting'
  | 'unreachable'
  | 'limited'
  | 'waitingForPicture'
  | 'backSoon'
  | 'resuming'
  | 'offline'
  | 'signedInOnly'
  | 'notConfigured'
  | 'live'

export const initialState: PlayerState = {
  connection: 'joining',
  announced: null,
  isKeptOut: false,
  isHostHere: false,
  hasVideo: false,
  hasAudio: false,
  hasFrame: false,
  isPictureOverdue: false,
  isBackSoon: false,
  refusal: null,
}

const nobodyHere = {
  isHostHere: false,
  hasVideo: false,
  hasAudio: false,
  hasFrame: false,
  isPictureOverdue: false,
} satisfies Partial<PlayerState>

export function reduce(state: PlayerState, event: PlayerEvent): PlayerState {
  switch (event.type) {
    case 'joining':
      return { ...state, connection: 'joining', refusal: null }
    case 'joined':
    case 'resumed':
      return { ...state, connection: 'joined' }
    case 'failed':
      return { ...state, connection: 'pausing' }
    case 'refused':
      if (event.refusal === 'signedInOnly') return { ...state, ...nobodyHere, isKeptOut: true }
      return { ...state, ...nobodyHere, connection: 'pausing', refusal: event.refusal }
    case 'interrupted':
      return { ...state, connection: 'interrupted' }
    case 'left':
      return { ...withoutPicture(state), ...nobodyHere, connection: 'pausing' }
    case 'host':
      // Being there, they are live, whatever was said before.
      if (event.here) return { ...state, isHostHere: true, announced: 'live' }
      return { ...withoutPicture(state), ...nobodyHere }
    case 'track':
      return event.kind === 'video'
        ? { ...state, hasVideo: true, hasFrame: false }
        : { ...state, hasAudio: true }
    case 'trackGone':
      return event.kind === 'video'
        ? { ...withoutPicture(state), hasVideo: false, hasFrame: false }
        : { ...state, hasAudio: false }
    case 'frame':
      return state.hasVideo ? { ...state, hasFrame: true, isBackSoon: false } : state
    case 'pictureOverdue': {
      const next = { ...state, isPictureOverdue: state.isHostHere }
      return isPlaying(next) ? { ...next, isBackSoon: false } : next
    }
    case 'announced': {
      const { state: announced, isKeptOut } = event
      const next = { ...state, announced, isKeptOut }
      // The API may be behind the room; and 'live' may be old news, so it ends no wait.
      if (state.isHostHere || announced === 'live') return next
      return { ...next, isBackSoon: announced === 'reconnecting' }
    }
    case 'graceOver':
      return { ...state, announced: 'offline', isBackSoon: false }
  }
}

/** A picture that goes may be back, unless it was said that the broadcast is over. */
function withoutPicture(state: PlayerState): PlayerState {
  const isOver = state.announced === 'offline'
  return { ...state, isBackSoon: !isOver && (state.isBackSoon || isPlaying(state)) }
}

/**
 * Whether to be in the room: an offline page needs no connection. A host who is there outweighs what is said of them,
 * and a connection that is interrupted can't tell whether they are.
 */
export function isWanted(state: PlayerState): boolean {
  if (state.isKeptOut) return false
  if (state.isHostHere || state.connection === 'interrupted') return true
  return state.announced === 'live' || state.announced === 'reconnecting'
}

/** The picture moves, or, where no video is sent, the sound is there. */
export function isPlaying(state: PlayerState): boolean {
  if (!state.isHostHere) return false
  return state.hasFrame || (state.hasAudio && !state.hasVideo && state.isPictureOverdue)
}

export function look(state: PlayerState): { view: View; words: Words } {
  const { refusal } = state
  if (refusal === 'notFound') return { view: 'offline', words: 'offline' }
  if (refusal === 'notConfigured') return { view: 'offline', words: 'notConfigured' }
  if (state.isKeptOut) return { view: 'offline', words: 'signedInOnly' }
  if (state.announced === 'offline' && !isWanted(state))
    return { view: 'offline', words: 'offline' }
  switch (state.connection) {
    case 'joining':
    case 'pausing':
      if (refusal === 'limited') return { view: 'loading', words: 'limited' }
      if (state.isBackSoon) return { view: 'reconnecting', words: 'resuming' }
      return {
        view: 'loading',
        words: state.connection === 'pausing' ? 'unreachable' : 'connecting',
      }
    case 'interrupted':
      if (isPlaying(state) || state.isBackSoon) return { view: 'reconnecting', words: 'resuming' }
      return { view: 'loading', words: 'connecting' }
    case 'joined':
      if (isPlaying(state)) return { view: 'live', words: 'live' }
      if (state.isBackSoon) return { view: 'reconnecting', words: 'backSoon' }
      return state.isHostHere
        ? { view: 'loading', words: 'waitingForPicture' }
        : { view: 'offline', words: 'offline' }
  }
}
