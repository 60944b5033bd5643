/**
 * What the player does and shows, as a pure reducer. Events go in; whether to be in the room, and one of four views,
 * come out.
 *
 * This module uses no room, no video element, and no clock.
 */
import type { StreamState } from '../../api/types'
import type { Joined } from '../../lib/joinRoom'

export interface PlayerState {
  /** To the room, while the player should be in it. */
  connection: 'joining' | 'joined' | 'interrupted' | 'pausing'
  /** The latest state of the stream, from the API, the room's metadata, or the room itself; null until there is one. */
  announced: StreamState | null
  /** Why this viewer may not watch: a guest must sign in, or a viewer must confirm that they are 18 or older. */
  keptOutBy: 'signedInOnly' | 'forAdults' | null
  /** The host's own participant, the ingress, is in the room. */
  isHostHere: boolean
  hasVideo: boolean
  hasAudio: boolean
  /** A frame of the current video track has been shown. */
  hasFrame: boolean
  /** The host has been in the room for a while without video, or without a frame of it: perhaps they send only audio. */
  isVideoOverdue: boolean
  /** The picture has stopped arriving, and its last frame is still shown. The broadcast continues. */
  isPictureStopped: boolean
  /** The drop grace: the host was live a moment ago and may return. */
  isBackSoon: boolean
  refusal: 'notFound' | 'notConfigured' | 'suspended' | 'limited' | 'full' | null
  /** The room and its token, while the player is in it. */
  joined: Joined | null
  /** Null until the room has been joined. */
  viewers: number | null
  isPaused: boolean
}

export type PlayerEvent =
  | { type: 'joining' }
  | { type: 'joined' }
  /** The room could not be joined, or the API could not be reached to learn the stream's first state. */
  | { type: 'failed' }
  | { type: 'refused'; refusal: NonNullable<PlayerState['refusal']> | 'signedInOnly' }
  | { type: 'interrupted' }
  | { type: 'resumed' }
  | { type: 'left' }
  | { type: 'host'; isHere: boolean }
  | { type: 'track'; kind: 'video' | 'audio' }
  | { type: 'trackGone'; kind: 'video' | 'audio' }
  | { type: 'frame' }
  /** LiveKit has ended the track with a frame that is no picture. */
  | { type: 'blankFrame' }
  | { type: 'videoOverdue' }
  | { type: 'picture'; isStopped: boolean }
  | { type: 'announced'; state: StreamState; keptOutBy: PlayerState['keptOutBy'] }
  | { type: 'graceEnded' }
  | { type: 'room'; joined: Joined | null }
  | { type: 'viewers'; count: number | null }
  | { type: 'paused'; isPaused: boolean }

export type View = 'offline' | 'loading' | 'live' | 'reconnecting'

/** Why the player shows what it shows; each is a sentence in `strings.ts`. */
export type Reason =
  | 'connecting'
  | 'unreachable'
  | 'limited'
  | 'full'
  | 'waitingForVideo'
  | 'noPicture'
  | 'backSoon'
  | 'resuming'
  | 'offline'
  | 'signedInOnly'
  | 'forAdults'
  | 'notConfigured'
  | 'suspended'
  | 'live'
  | 'soundOnly'
  | 'pictureStopped'

const EMPTY_ROOM = {
  isHostHere: false,
  hasVideo: false,
  hasAudio: false,
  hasFrame: false,
  isVideoOverdue: false,
  isPictureStopped: false,
} satisfies Partial<PlayerState>

export const initialState: PlayerState = {
  ...EMPTY_ROOM,
  connection: 'joining',
  announced: null,
  keptOutBy: null,
  isBackSoon: false,
  refusal: null,
  joined: null,
  viewers: null,
  isPaused: false,
}

export function reducePlayer(state: PlayerState, event: PlayerEvent): PlayerState {
  switch (event.type) {
    case 'joining':
      return { ...state, connection: 'joining', refusal: null }
    case 'joined':
    case 'resumed':
      return { ...state, connection: 'joined' }
    case 'failed':
      return { ...state, connection: 'pausing' }
    case 'refused':
      if (event.refusal === 'signedInOnly') {
        return { ...state, ...EMPTY_ROOM, keptOutBy: event.refusal }
      }
      return { ...state, ...EMPTY_ROOM, connection: 'pausing', refusal: event.refusal }
    case 'interrupted':
      return { ...state, connection: 'interrupted' }
    case 'left':
      return { ...withoutVideo(state), ...EMPTY_ROOM, connection: 'pausing' }
    case 'host':
      // A host in the room is live, whatever was announced before.
      if (event.isHere) return { ...state, isHostHere: true, announced: 'live' }
      return { ...withoutVideo(state), ...EMPTY_ROOM }
    case 'track':
      return event.kind === 'video'
        ? {
            ...state,
            hasVideo: true,
            hasFrame: false,
            isVideoOverdue: false,
            isPictureStopped: false,
          }
        : withoutWait({ ...state, hasAudio: true })
    case 'trackGone':
      return withoutWait(
        event.kind === 'video'
          ? { ...withoutFrame(state), hasVideo: false }
          : { ...withoutVideo(state), hasAudio: false },
      )
    case 'frame':
      return state.hasVideo ? { ...state, hasFrame: true, isBackSoon: false } : state
    case 'blankFrame':
      return state.hasFrame ? withoutFrame(state) : state
    case 'picture':
      return { ...state, isPictureStopped: event.isStopped && state.hasFrame }
    case 'videoOverdue':
      return withoutWait({ ...state, isVideoOverdue: state.isHostHere })
    case 'announced': {
      const { state: announced, keptOutBy } = event
      const next = { ...state, announced, keptOutBy }
      // The API may lag behind the room. 'live' may be stale, so it ends no wait.
      if (state.isHostHere || announced === 'live') return next
      return { ...next, isBackSoon: announced === 'reconnecting' }
    }
    case 'graceEnded':
      return { ...state, announced: 'offline', isBackSoon: false }
    case 'room':
      return { ...state, joined: event.joined }
    case 'viewers':
      return state.viewers === event.count ? state : { ...state, viewers: event.count }
    case 'paused':
      return state.isPaused === event.isPaused ? state : { ...state, isPaused: event.isPaused }
  }
}

function withoutFrame(state: PlayerState): PlayerState {
  return { ...withoutVideo(state), hasFrame: false, isPictureStopped: false }
}

/** Sound alone ends the wait too. */
function withoutWait(state: PlayerState): PlayerState {
  return isPlaying(state) ? { ...state, isBackSoon: false } : state
}

/** Video, or sound alone, that stops may return, unless the broadcast was announced as ended. */
function withoutVideo(state: PlayerState): PlayerState {
  const hasEnded = state.announced === 'offline'
  return { ...state, isBackSoon: !hasEnded && (state.isBackSoon || isPlaying(state)) }
}

/**
 * Return whether to be in the room: an offline page needs no connection.
 *
 * A host who is in the room outweighs what was announced. An interrupted connection can't show whether they are.
 */
export function isWanted(state: PlayerState): boolean {
  if (state.keptOutBy) return false
  if (state.isHostHere || state.connection === 'interrupted') return true
  return state.announced === 'live' || state.announced === 'reconnecting'
}

/** Return whether frames are shown or, for a broadcast without video, audio is received. */
export function isPlaying(state: PlayerState): boolean {
  if (!state.isHostHere) return false
  return state.hasFrame || (state.hasAudio && !state.hasVideo && state.isVideoOverdue)
}

/** Return whether the host has dropped out of a room that has been joined, and viewers see 'back soon'. */
export function isHostAway(state: PlayerState): boolean {
  return state.connection === 'joined' && state.isBackSoon && !state.isHostHere
}

/**
 * Return where to poll the API for the stream's state, or null if no poll is needed.
 *
 * Outside the room, only the API has the state. In the room, the metadata has it, and the API is polled in case
 * metadata was lost.
 */
export function pollPlace(state: PlayerState, isShownLive: boolean): 'room' | 'outside' | null {
  if (!isWanted(state)) return 'outside'
  if (state.connection !== 'joined' || (isPlaying(state) && isShownLive)) return null
  return 'room'
}

export function playerView(state: PlayerState): { view: View; reason: Reason } {
  const { refusal } = state
  if (refusal === 'notFound') return { view: 'offline', reason: 'offline' }
  if (refusal === 'notConfigured' || refusal === 'suspended') {
    return { view: 'offline', reason: refusal }
  }
  if (state.keptOutBy) return { view: 'offline', reason: state.keptOutBy }
  if (state.announced === 'offline' && !isWanted(state)) {
    return { view: 'offline', reason: 'offline' }
  }
  switch (state.connection) {
    case 'joining':
    case 'pausing':
      if (refusal === 'limited' || refusal === 'full') return { view: 'loading', reason: refusal }
      if (state.isBackSoon) return { view: 'reconnecting', reason: 'resuming' }
      return {
        view: 'loading',
        reason: state.connection === 'pausing' ? 'unreachable' : 'connecting',
      }
    case 'interrupted':
      if (isPlaying(state) || state.isBackSoon) return { view: 'reconnecting', reason: 'resuming' }
      return { view: 'loading', reason: 'connecting' }
    case 'joined':
      if (isPlaying(state)) return { view: 'live', reason: playingReason(state) }
      // A rejoin, or the end of a broadcast, looks like a drop for a moment. Only the server knows of a real one.
      if (state.isBackSoon) {
        const isDropped = state.announced === 'reconnecting'
        return { view: 'reconnecting', reason: isDropped ? 'backSoon' : 'resuming' }
      }
      if (!state.isHostHere) return { view: 'offline', reason: 'offline' }
      return { view: 'loading', reason: state.isVideoOverdue ? 'noPicture' : 'waitingForVideo' }
  }
}

function playingReason({ hasFrame, isPictureStopped }: PlayerState): Reason {
  if (!hasFrame) return 'soundOnly'
  return isPictureStopped ? 'pictureStopped' : 'live'
}
