/** The player's effects: it is in the room while there is something to watch, and polls the live status otherwise. */
import type { RefObject } from 'preact'
import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { Stream } from '../../api/types'
import { account } from '../../lib/account'
import { awaitFirstFrame, isFirstFrameShown } from '../../lib/firstFrame'
import type { Joined } from '../../lib/joinRoom'
import { load } from '../../lib/load'
import type { Resource } from '../../lib/resource'
import { session } from '../../lib/signin'
import { useStore } from '../../lib/store'
import { useLatest } from '../../lib/useLatest'
import { isAdult } from './adults'
import { createHold } from './hold'
import { createPlayerSession, type SessionEvent } from './playerSession'
import {
  initialState,
  isHostAway,
  isWanted,
  type PlayerEvent,
  playerView,
  pollPlace,
  type Reason,
  reducePlayer,
  type View,
} from './playerState'
import { pollStream } from './pollStream'
import { useLiveStatus } from './useLiveStatus'
import { type SoundControl, useSound } from './useSound'

export interface Player extends Omit<SoundControl, 'reapply'> {
  view: View
  reason: Reason
  /** Null until the room has been joined. */
  viewers: number | null
  joined: Joined | null
  isPaused: boolean
  video: RefObject<HTMLVideoElement | null>
  togglePause(): void
  /** Report an event. It is the same function in every render. */
  dispatch(event: PlayerEvent): void
  /** Retry now instead of at the end of the pause. */
  retry(): void
}

/** What an announcement has: the page's stream, or the live status. */
type Announced = Pick<Stream, 'state' | 'isSignedInOnly' | 'isForAdults'>

/** The longest drop grace. 'Back soon' ends after this even if no announcement ends it. */
const GRACE_MS = 95_000

/**
 * Play what `host`, a username, sends, and apply the room's metadata to `page`, which has their stream.
 *
 * It joins the room once the stream is live, without waiting for the page. `onRefused` is called if the channel doesn't exist or
 * doesn't admit this viewer. `awaitedBy`: how many may have waited for the channel, if the page has. `isOwn`: the viewer is
 * the host, who isn't asked for their age.
 */
export function usePlayer<Page extends { stream: Stream }>(
  host: string,
  page: Resource<Page>,
  onRefused: () => void,
  awaitedBy: number,
  isOwn = false,
): Player {
  const { epoch, status } = useStore(session)
  const [state, dispatch] = useReducer(reducePlayer, initialState)
  const video = useRef<HTMLVideoElement>(null)
  const [hold] = useState(createHold)
  const { reapply, ...sound } = useSound(video, hold)
  const retry = useRef(() => {})
  const isJoining = isWanted(state)
  const isAway = isHostAway(state)
  const poll = pollPlace(state, page.data?.stream.isLive ?? false)
  const hasWaited = useRef(false)
  const waiting = useLiveStatus(host, page, poll === 'outside', () => dispatch({ type: 'failed' }))

  const latest = useLatest({
    awaitedBy,
    reload: page.reload,
    onEvent(event: SessionEvent) {
      if (event.type === 'started') retry.current = event.retry
      else if (event.type === 'attached') {
        if (video.current) hold.onAttached(video.current)
        reapply()
      } else if (event.type === 'paused') {
        if (video.current && !hold.onPaused(video.current, event.isPaused)) dispatch(event)
      } else if (event.type === 'metadataMissed') void page.reload()
      else if (event.type === 'metadata') void applyMetadata(page, event.metadata)
      else dispatch(event)
      if (event.type === 'refused' && event.refusal === 'notFound') onRefused()
    },
  })

  useEffect(awaitFirstFrame, [])
  useAnnouncements(page.data?.stream, isOwn, dispatch)
  useAnnouncements(waiting.status, isOwn, dispatch)
  useEffect(() => {
    const isKeptOut = state.keptOutBy === 'signedInOnly' && status === 'signedOut'
    if (isKeptOut || state.announced === 'offline') hasWaited.current = true
  }, [state.keptOutBy, state.announced, status])
  useEffect(() => {
    if (!video.current || !isJoining) return
    const crowd = hasWaited.current ? latest.current.awaitedBy : 0
    hasWaited.current = false
    return createPlayerSession(host, video.current, (event) => latest.current.onEvent(event), crowd)
  }, [host, epoch, isJoining])
  useEffect(() => {
    if (!isAway) return
    const timer = window.setTimeout(() => dispatch({ type: 'graceEnded' }), GRACE_MS)
    return () => window.clearTimeout(timer)
  }, [isAway])
  useEffect(() => {
    if (poll !== 'room') return
    const load = () => latest.current.reload()
    return pollStream({ isInRoom: true, load, onFailed: () => {} }).stop
  }, [poll])

  return {
    ...playerView(state),
    ...sound,
    viewers: state.viewers,
    joined: state.joined,
    isPaused: state.isPaused,
    video,
    togglePause() {
      if (!video.current?.paused) return video.current?.pause()
      hold.release()
      reapply()
    },
    dispatch,
    retry: poll === 'outside' ? waiting.retry : () => retry.current(),
  }
}

/** Announce each state of the stream that is received. */
function useAnnouncements(
  stream: Announced | null | undefined,
  isOwn: boolean,
  dispatch: (event: PlayerEvent) => void,
): void {
  const { status } = useStore(session)
  const { me } = useStore(account)
  // To the API, a signed-in user without a username is still a guest.
  const isGuest = status !== 'signedIn' || me?.username === null
  const mayWatch = useStore(isAdult) || isOwn

  useEffect(() => {
    if (!stream) return
    const keptOutBy =
      stream.isSignedInOnly && isGuest
        ? 'signedInOnly'
        : stream.isForAdults && !mayWatch
          ? 'forAdults'
          : null
    dispatch({ type: 'announced', state: stream.state, keptOutBy })
    // There is no first frame to wait for.
    if (keptOutBy || stream.state === 'offline') isFirstFrameShown.set(true)
  }, [stream, isGuest, mayWatch])
}

/** The code is loaded with the first metadata: many viewers never need it. */
async function applyMetadata<Page extends { stream: Stream }>(
  page: Resource<Page>,
  metadata: string,
): Promise<void> {
  try {
    const { applyRoomMetadata } = await load(() => import('./roomMetadata'))
    // The room can be joined before the page has loaded.
    if (!page.data) await page.reload()
    page.change((data) => ({ ...data, stream: applyRoomMetadata(data.stream, metadata) }))
  } catch {
    // The code could not be loaded. The next poll has the changes.
  }
}
