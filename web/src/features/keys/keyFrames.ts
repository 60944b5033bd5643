/**
 * What is wrong with a WHIP encoder's video, which LiveKit passes to browsers unchanged.
 *
 * The server reports no fault. The creator's own page sees them in what it receives and decodes.
 */
import type { RemoteVideoTrack } from 'livekit-client'
import { useEffect, useState } from 'preact/hooks'
import type { Joined } from '../../lib/joinRoom'
import { sampleEvery } from '../../lib/pause'

/** `undecoded`: most frames are not decodable, as with B-frames. `rareKeyFrames`: few viewers can start at once. */
export type VideoFault = 'undecoded' | 'rareKeyFrames' | null

/** The counters of an `inbound-rtp` report (W3C WebRTC Statistics, RTCInboundRtpStreamStats). */
export interface Frames {
  framesReceived: number
  framesDecoded: number
  keyFramesDecoded: number
}

interface Sample extends Frames {
  atMs: number
}

export interface FrameWatch {
  /** The begin of the period in which frames are counted. */
  since: Sample | null
  keyFrames: number
  keyFrameAtMs: number
  isUndecoded: boolean
  isKeyFrameRare: boolean
}

const EVERY_MS = 1_000
const PERIOD_MS = 8_000
/** In a period. A still picture may have fewer. */
const MIN_FRAMES = 24
const MIN_DECODED_SHARE = 0.5
/** OBS sends one every 250 frames if the interval is automatic, so every 4 s at 60 fps. */
const RARE_MS = 6_000

export const INITIAL_FRAMES: FrameWatch = {
  since: null,
  keyFrames: 0,
  keyFrameAtMs: 0,
  isUndecoded: false,
  isKeyFrameRare: false,
}

/** Return the next state. `frames` are null if this page receives no picture, such as in a hidden tab. */
export function nextFrames(watch: FrameWatch, frames: Frames | null, nowMs: number): FrameWatch {
  if (!frames) return INITIAL_FRAMES
  const sample = { ...frames, atMs: nowMs }
  const { since } = watch
  const isAnotherTrack = since && frames.framesReceived < since.framesReceived
  if (!since || isAnotherTrack) {
    const keyFrames = frames.keyFramesDecoded
    return { ...INITIAL_FRAMES, since: sample, keyFrames, keyFrameAtMs: nowMs }
  }
  const next = { ...watch }
  const gapMs = nowMs - watch.keyFrameAtMs
  if (frames.keyFramesDecoded !== watch.keyFrames) {
    next.keyFrames = frames.keyFramesDecoded
    next.keyFrameAtMs = nowMs
    next.isKeyFrameRare = gapMs > RARE_MS
  } else if (gapMs > RARE_MS) {
    next.isKeyFrameRare = true
  }
  if (nowMs - since.atMs < PERIOD_MS) return next
  const received = frames.framesReceived - since.framesReceived
  const decoded = frames.framesDecoded - since.framesDecoded
  next.isUndecoded = received >= MIN_FRAMES && decoded < received * MIN_DECODED_SHARE
  next.since = sample
  return next
}

/** Return what is wrong now. */
export function faultOf({ isUndecoded, isKeyFrameRare }: FrameWatch): VideoFault {
  if (isUndecoded) return 'undecoded'
  return isKeyFrameRare ? 'rareKeyFrames' : null
}

/** Return what is wrong with the host's video in a room that this page has joined. */
export function useVideoFault(joined: Joined | null): VideoFault {
  const [fault, setFault] = useState<VideoFault>(null)
  useEffect(() => {
    if (!joined) return
    let watch = INITIAL_FRAMES
    const end = sampleEvery(
      EVERY_MS,
      () => receivedFrames(joined),
      (frames) => {
        watch = nextFrames(watch, frames, Date.now())
        setFault(faultOf(watch))
      },
    )
    return () => {
      end()
      setFault(null)
    }
  }, [joined])
  return fault
}

async function receivedFrames({ room, viewerToken }: Joined): Promise<Frames | null> {
  const host = room.remoteParticipants.get(viewerToken.room)
  const [publication] = host?.videoTrackPublications.values() ?? []
  if (document.hidden || !publication?.isEnabled) return null
  const { receiver } = (publication.track as RemoteVideoTrack | undefined) ?? {}
  let found: Frames | null = null
  const report = await receiver?.getStats()
  report?.forEach((stats) => {
    // An engine that doesn't count key frames reports no fault.
    if (stats.type === 'inbound-rtp' && stats.keyFramesDecoded !== undefined) found = stats
  })
  return found
}
