/**
 * What the player shows, decided purely: what happened so far goes in, one of four states comes out.
 *
 * Nothing here knows a room, a video element or a clock.
 */
import type { StreamState } from '../../api/types'

export interface PlayerState {
  connection: 'joining' | 'joined' | 'interrupted' | 'pausing' | 'refused'
  /** This player was in the room before, so silence means a fault and not a beginning. */
  joinedOnce: boolean
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
  refusal: 'notFound' | 'notConfigured' | null
}

export type PlayerEvent =
  | { type: 'joining' }
  | { type: 'joined' }
  | { type: 'joinFailed' }
  | { type: 'refused'; refusal: 'notFound' | 'notConfigured' }
  | { type: 'interrupted' }
  | { type: 'resumed' }
  | { type: 'left' }
  | { type: 'host'; here: boolean }
  | { type: 'track'; kind: 'video' | 'audio' }
  | { type: 'trackGone'; kind: 'video' | 'audio' }
  | { type: 'frame' }
  | { type: 'pictureOverdue' }
  /** What the API says of the stream while its host is not in the room. */
  | { type: 'announced'; state: StreamState }
  | { type: 'graceOver' }

export type View = 'offline' | 'loading' | 'live' | 'reconnecting'

/** Why the player shows what it shows; each is a sentence in `en.ts`. */
export type Words =
  | 'connecting'
  | 'unreachable'
  | 'waitingForPicture'
  | 'backSoon'
  | 'resuming'
  | 'offline'
  | 'notConfigured'
  | 'live'

export const initialState: PlayerState = {
  connection: 'joining',
  joinedOnce: false,
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
      return { ...state, connection: 'joined', joinedOnce: true }
    case 'joinFailed':
      return { ...state, connection: 'pausing' }
    case 'refused':
      return { ...state, ...nobodyHere, connection: 'refused', refusal: event.refusal }
    case 'interrupted':
      return { ...state, connection: 'interrupted' }
    case 'resumed':
      return { ...state, connection: 'joined' }
    case 'left':
      return {
        ...state,
        ...nobodyHere,
        connection: 'pausing',
        isBackSoon: state.isBackSoon || isPlaying(state),
      }
    case 'host':
      if (event.here) return { ...state, isHostHere: true }
      return { ...state, ...nobodyHere, isBackSoon: state.isBackSoon || isPlaying(state) }
    case 'track':
      return event.kind === 'video'
        ? { ...state, hasVideo: true, hasFrame: false }
        : { ...state, hasAudio: true }
    case 'trackGone':
      return event.kind === 'video'
        ? {
            ...state,
            hasVideo: false,
            hasFrame: false,
            isBackSoon: state.isBackSoon || isPlaying(state),
          }
        : { ...state, hasAudio: false }
    case 'frame':
      return state.hasVideo ? { ...state, hasFrame: true, isBackSoon: false } : state
    case 'pictureOverdue': {
      const next = { ...state, isPictureOverdue: state.isHostHere }
      return isPlaying(next) ? { ...next, isBackSoon: false } : next
    }
    case 'announced':
      // 'live' may be old news, or earlier than the host's arrival in the room: it changes nothing.
      if (state.isHostHere || event.state === 'live') return state
      return { ...state, isBackSoon: event.state === 'reconnecting' }
    case 'graceOver':
      return { ...state, isBackSoon: false }
  }
}

/** The picture moves, or, where no video is sent, the sound is there. */
export function isPlaying(state: PlayerState): boolean {
  if (!state.isHostHere) return false
  return state.hasFrame || (state.hasAudio && !state.hasVideo && state.isPictureOverdue)
}

export function look(state: PlayerState): { view: View; words: Words } {
  switch (state.connection) {
    case 'refused':
      return {
        view: 'offline',
        words: state.refusal === 'notConfigured' ? 'notConfigured' : 'offline',
      }
    case 'joining':
    case 'pausing':
      if (state.isBackSoon) return { view: 'reconnecting', words: 'resuming' }
      // Somebody who waits for a stream to begin need not hear of each new try.
      if (state.joinedOnce) return { view: 'offline', words: 'offline' }
      return {
        view: 'loading',
        words: state.connection === 'pausing' ? 'unreachable' : 'connecting',
      }
    case 'interrupted':
      if (isPlaying(state) || state.isBackSoon) return { view: 'reconnecting', words: 'resuming' }
      return state.isHostHere
        ? { view: 'loading', words: 'connecting' }
        : { view: 'offline', words: 'offline' }
    case 'joined':
      if (isPlaying(state)) return { view: 'live', words: 'live' }
      if (state.isBackSoon) return { view: 'reconnecting', words: 'backSoon' }
      return state.isHostHere
        ? { view: 'loading', words: 'waitingForPicture' }
        : { view: 'offline', words: 'offline' }
  }
}
