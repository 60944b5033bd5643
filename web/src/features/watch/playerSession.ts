/** A player's stay in a room: it attaches the host's tracks to the video element and reports what happens as events. */
import type { RemoteTrack } from 'livekit-client'
import { isBlank, isFirstFrameShown } from '../../lib/firstFrame'
import { keepJoined } from '../../lib/joinRoom'
import type { LiveRoom } from '../../lib/liveRoom'
import type { Refusal } from '../../lib/refusal'
import type { PlayerEvent } from './playerState'

export type SessionEvent =
  | PlayerEvent
  /** A track was attached, which changes the element's sound. */
  | { type: 'attached' }
  | { type: 'metadata'; metadata: string }
  /** Metadata may have been missed while the connection was lost. */
  | { type: 'metadataMissed' }
  /** The session has started. `retry` ends its pause before the next attempt to join. */
  | { type: 'started'; retry(): void }

/** The host is in the room, but no video or no frame of it has arrived. */
const OVERDUE_MS = 4_000
const COUNT_MS = 2_000
/** Viewers who lost their connection together reload their page spread over this. */
const SPREAD_MS = 5_000
const FRAME_EVENTS = ['loadeddata', 'playing', 'resize', 'timeupdate'] as const
const PAUSE_EVENTS = ['play', 'pause'] as const

/**
 * Keep `element` playing what `host`, a username, sends. Return a function that ends the session.
 *
 * `awaitedBy`: how many may have waited for the channel, as the page has.
 */
export function createPlayerSession(
  host: string,
  element: HTMLVideoElement,
  dispatch: (event: SessionEvent) => void,
  awaitedBy = 0,
): () => void {
  let isOver = false
  let room: LiveRoom | null = null
  let overdue = 0
  let reloading = 0
  const tracks = new Set<RemoteTrack>()
  // A room that is being left still reports events for a moment.
  const report = (event: SessionEvent) => {
    if (!isOver) dispatch(event)
  }

  const detachAll = () => {
    for (const track of tracks) track.detach(element)
    tracks.clear()
  }
  const onCount = () => report({ type: 'viewers', count: room ? room.viewers() : null })
  const onReturn = () => {
    reloading = window.setTimeout(
      () => report({ type: 'metadataMissed' }),
      Math.random() * SPREAD_MS,
    )
  }
  const awaitVideo = () => {
    window.clearTimeout(overdue)
    overdue = window.setTimeout(() => report({ type: 'videoOverdue' }), OVERDUE_MS)
  }
  const onFrame = () => {
    if (isBlank(element.videoWidth)) report({ type: 'blankFrame' })
    else if (element.videoWidth && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      isFirstFrameShown.set(true)
      report({ type: 'frame' })
    }
  }
  const onPlayOrPause = () => {
    // Without a track the element is paused, but not by the viewer.
    if (element.srcObject !== null) report({ type: 'paused', isPaused: element.paused })
  }

  const membership = keepJoined(host, {
    autoSubscribe: true,
    awaitedBy,
    listener: {
      onInterrupted: () => report({ type: 'interrupted' }),
      onResumed() {
        report({ type: 'resumed' })
        onReturn()
      },
      onHost(isHere) {
        report({ type: 'host', isHere })
        if (isHere) awaitVideo()
        else window.clearTimeout(overdue)
      },
      onTrack(track) {
        if (track.kind !== 'video' && track.kind !== 'audio') return
        if (track.kind === 'video') awaitVideo()
        tracks.add(track)
        track.attach(element)
        report({ type: 'track', kind: track.kind })
        report({ type: 'attached' })
      },
      onTrackGone(track) {
        tracks.delete(track)
        track.detach(element)
        if (track.kind === 'video' || track.kind === 'audio') {
          report({ type: 'trackGone', kind: track.kind })
        }
      },
      onCount,
      onMetadata: (metadata) => report({ type: 'metadata', metadata }),
    },
    onJoining: () => report({ type: 'joining' }),
    onRoom(live, viewerToken) {
      const isReturn = room !== null
      room = live
      report({ type: 'joined' })
      report({ type: 'room', joined: { room: live.room, viewerToken } })
      if (isReturn) onReturn()
      // Without the host there is no first frame to wait for.
      if (!live.isHostHere()) isFirstFrameShown.set(true)
      onCount()
      return () => {
        detachAll()
        report({ type: 'room', joined: null })
        report({ type: 'left' })
      }
    },
    onRefused: (refusal, isFinal) => report(refusalEvent(refusal, isFinal)),
  })

  report({ type: 'started', retry: membership.retry })
  const counting = window.setInterval(onCount, COUNT_MS)
  for (const name of FRAME_EVENTS) element.addEventListener(name, onFrame)
  for (const name of PAUSE_EVENTS) element.addEventListener(name, onPlayOrPause)

  return () => {
    window.clearInterval(counting)
    window.clearTimeout(overdue)
    window.clearTimeout(reloading)
    for (const name of FRAME_EVENTS) element.removeEventListener(name, onFrame)
    for (const name of PAUSE_EVENTS) element.removeEventListener(name, onPlayOrPause)
    detachAll()
    report({ type: 'viewers', count: null })
    report({ type: 'room', joined: null })
    report({ type: 'left' })
    isOver = true
    membership.leave()
  }
}

function refusalEvent({ code }: Refusal, isFinal: boolean): PlayerEvent {
  if (code === 'signed_in_only') return { type: 'refused', refusal: 'signedInOnly' }
  if (isFinal) return { type: 'refused', refusal: 'notFound' }
  if (code === 'not_configured') return { type: 'refused', refusal: 'notConfigured' }
  if (code === 'suspended') return { type: 'refused', refusal: 'suspended' }
  if (code === 'rate_limited') return { type: 'refused', refusal: 'limited' }
  if (code === 'room_full') return { type: 'refused', refusal: 'full' }
  return { type: 'failed' }
}
