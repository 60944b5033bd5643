/** What the keys page and the dashboard say about the encoder, as a pure function. */
import type { Encoder, Ingress, OverCap } from '../../api/types'
import { bitrate, frameRate } from '../../lib/videoFigures'
import * as capStrings from './caps.strings'
import * as strings from './encoder.strings'
import type { VideoFault } from './keyFrames'

export interface Report {
  /** `good` is shown only while picture and sound arrive. */
  tone: 'waiting' | 'good' | 'warning' | 'bad' | 'ended'
  title: string
  /** What is wrong and what to do. */
  advice?: string
  /** What is received, such as `H.264, 1280x720, 30 fps`. */
  received?: string
  /** The key rests, and the creator may end that. */
  isResting?: boolean
}

interface Context {
  inputType: 'rtmp' | 'whip'
  nowMs: number
  /** After the end of a broadcast by its creator, or by a cap, the key is refused until then. */
  restingUntil: string | null
  /** The cap for which it rests, if the creator hasn't ended the broadcast. */
  restingFor?: Ingress['restingFor']
  /** Why the creator can't go live now. */
  overCap?: OverCap | null
  /** The creator's own page receives no new picture. */
  isPictureStopped?: boolean
  /** What the creator's own page sees in the video. */
  videoFault?: VideoFault
  /** The broadcast has not ended. It may be interrupted. */
  isOnAir?: boolean
}

/** Picture and sound may start this much apart. */
const SETTLED_MS = 10_000

export function encoderReport(encoder: Encoder, context: Context): Report {
  const { status, error, startedAt } = encoder
  const { restingUntil, restingFor, overCap, nowMs, isOnAir } = context
  const hasMedia = encoder.video || encoder.audio
  const isSettled = startedAt !== null && nowMs - Date.parse(startedAt) > SETTLED_MS
  const isSending = status === 'publishing' || status === 'buffering'
  if (overCap && !isSending) {
    const { cap, limit } = overCap
    return { tone: 'warning', title: capStrings.title, advice: capStrings.reasons[cap](limit) }
  }
  if (restingUntil && !isSending) {
    return {
      tone: 'ended',
      title: restingFor ? strings.restingForCap : strings.resting,
      advice: restAdvice(Date.parse(restingUntil) - nowMs),
      isResting: true,
    }
  }
  switch (status === 'publishing' && !hasMedia ? 'buffering' : status) {
    case 'publishing':
      return { ...publishing(encoder, context, isSettled), received: received(encoder) }
    case 'buffering':
      if (!isSettled) return { tone: 'waiting', title: strings.buffering }
      return { tone: 'warning', title: strings.nothingUsable, advice: strings.useH264 }
    case 'error':
      // Whatever else disconnects an encoder on our side also ends the broadcast.
      if (error === 'ended' && isOnAir) {
        return { tone: 'waiting', title: strings.catchingUp, advice: strings.catchingUpAdvice }
      }
      return {
        tone: error === 'ended' ? 'ended' : 'bad',
        ...strings.faults[error ?? 'unknown'],
      }
    default:
      return { tone: 'waiting', title: strings.waiting }
  }
}

/** The server lets the key work a moment after the rest has ended. */
function restAdvice(leftMs: number): string {
  return leftMs > 0 ? strings.restingFor(Math.ceil(leftMs / 1_000)) : strings.restingEnds
}

function publishing(encoder: Encoder, context: Context, isSettled: boolean): Report {
  if (!encoder.video) {
    return isSettled
      ? { tone: 'warning', title: strings.noPicture, advice: strings.noPictureAdvice }
      : { tone: 'waiting', title: strings.waitingForPicture }
  }
  if (context.isPictureStopped) {
    return { tone: 'bad', title: strings.pictureStopped, advice: strings.pictureStoppedAdvice }
  }
  // LiveKit passes WHIP video on as it is, and encodes RTMP's.
  const videoFault = context.inputType === 'whip' ? context.videoFault : null
  if (videoFault === 'undecoded') {
    return { tone: 'bad', title: strings.undecoded, advice: strings.undecodedAdvice }
  }
  if (!encoder.audio && isSettled) {
    return { tone: 'warning', title: strings.noSound, advice: strings.noSoundAdvice }
  }
  if (videoFault === 'rareKeyFrames') {
    return { tone: 'warning', title: strings.rareKeyFrames, advice: strings.rareKeyFramesAdvice }
  }
  return { tone: 'good', title: strings.connected }
}

/** Return `H.264, 1280x720, 30 fps, 2.5 Mbit/s; AAC, stereo, 48 kHz`, without what LiveKit doesn't report. */
function received({ video, audio }: Encoder): string {
  const parts = [
    video && [
      codecName(video.mimeType),
      `${video.width}x${video.height}`,
      frameRate(video.framerate),
    ],
    audio && [
      codecName(audio.mimeType),
      strings.channels(audio.channels),
      audio.sampleRate > 0 && strings.kilohertz(audio.sampleRate / 1_000),
    ],
    [bitrate(video, audio)],
  ]
  return parts
    .map((part) => (part || []).filter(Boolean).join(', '))
    .filter(Boolean)
    .join('; ')
}

/** Return a codec's usual name: `H.264` for `video/H264`. */
function codecName(mimeType: string): string {
  const [, name = mimeType] = mimeType.split('/')
  return strings.codecs[name.toLowerCase()] ?? name
}
