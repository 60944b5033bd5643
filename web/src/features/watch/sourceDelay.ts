/**
 * How far viewers are behind the encoder, as far as a page can know.
 *
 * LiveKit Ingress stays behind by the length of each stall of the encoder, until the encoder's next connection. It
 * stamps media when it sends it, so a page sees only the stalls that happen while it is open.
 */
import type { RemoteTrack } from 'livekit-client'
import type { Joined } from '../../lib/joinRoom'
import { sampleEvery } from '../../lib/pause'
import { readStored, writeStored } from '../../lib/storage'

/** What has arrived in this page until now. */
export interface Arrived {
  /** Identifies the encoder's connection. */
  connection: string
  bytes: number
  /** Answers of LiveKit to this browser's connection checks: they show that the network works. */
  answers: number
}

export interface SourceDelay {
  connection: string
  /** A lower bound. 0 if no stall has been seen. */
  seconds: number
  sinceMs: number
}

export interface DelayWatch {
  delay: SourceDelay
  /** The last sample, and the last one in which media had arrived. */
  last: { arrived: Arrived; atMs: number } | null
  moved: { arrived: Arrived; atMs: number } | null
}

export const EVERY_MS = 2_000
/** Shorter gaps are jitter. */
const SHORTEST_SECONDS = 3

const NO_DELAY: SourceDelay = { connection: '', seconds: 0, sinceMs: 0 }
export const INITIAL_DELAY: DelayWatch = { delay: NO_DELAY, last: null, moved: null }

/** Return the next state. Stalls add up with some encoders only, so the longest one counts. */
export function nextDelay(watch: DelayWatch, arrived: Arrived | null, nowMs: number): DelayWatch {
  if (!arrived) return { ...watch, last: null, moved: null }
  const now = { arrived, atMs: nowMs }
  const delay =
    watch.delay.connection === arrived.connection
      ? watch.delay
      : { ...NO_DELAY, connection: arrived.connection }
  const { last, moved } = watch
  // After a sleep of the computer, nothing is known about the time between.
  const isSeamless = last && moved && nowMs - last.atMs < 3 * EVERY_MS
  if (!isSeamless || moved.arrived.connection !== arrived.connection) {
    return { delay, last: now, moved: now }
  }
  if (arrived.bytes === moved.arrived.bytes) return { delay, last: now, moved }
  // Media arrived until some moment before `moved`, and again since some moment after `last`.
  const seconds = Math.floor((last.atMs - moved.atMs) / 1000)
  const isNetworkFine = last.arrived.answers > moved.arrived.answers
  const isStall = isNetworkFine && seconds >= SHORTEST_SECONDS && seconds > delay.seconds
  return {
    delay: isStall ? { ...delay, seconds, sinceMs: nowMs } : delay,
    last: now,
    moved: now,
  }
}

/** Watch the host's media in a room, starting with what this tab already knows. Return a function that ends the watch. */
export function watchDelay(joined: Joined, report: (delay: SourceDelay) => void): () => void {
  let watch: DelayWatch = { ...INITIAL_DELAY, delay: storedDelay() }
  if (watch.delay.seconds > 0) report(watch.delay)
  return sampleEvery(
    EVERY_MS,
    () => arrivedMedia(joined),
    (arrived) => {
      const next = nextDelay(watch, arrived, Date.now())
      if (next.delay !== watch.delay) {
        storeDelay(next.delay)
        report(next.delay)
      }
      watch = next
    },
  )
}

const KEY = 'footlight.delay'

function storedDelay(): SourceDelay {
  const [connection = '', seconds, sinceMs] = (readStored(KEY, () => sessionStorage) ?? '').split(
    ' ',
  )
  return { connection, seconds: Number(seconds) || 0, sinceMs: Number(sinceMs) || 0 }
}

function storeDelay({ connection, seconds, sinceMs }: SourceDelay): void {
  writeStored(KEY, `${connection} ${seconds} ${sinceMs}`, () => sessionStorage)
}

/** Return what has arrived of the host's media, or null without a host. Sound arrives in a hidden tab too. */
async function arrivedMedia({ room, viewerToken }: Joined): Promise<Arrived | null> {
  const host = room.remoteParticipants.get(viewerToken.room)
  if (!host) return null
  const publications = [...host.trackPublications.values()]
  // A paused player receives nothing.
  if (!publications.some(({ isEnabled }) => isEnabled)) return null
  const tracks = publications.flatMap(({ track }) => track ?? [])
  const reports = await Promise.all(
    tracks.map((track) => (track as RemoteTrack).receiver?.getStats()),
  )
  const arrived: Arrived = { connection: host.sid, bytes: 0, answers: 0 }
  for (const report of reports) {
    report?.forEach((stats) => {
      if (stats.type === 'inbound-rtp') arrived.bytes += stats.bytesReceived
      if (stats.type === 'candidate-pair') {
        arrived.answers = Math.max(arrived.answers, stats.responsesReceived ?? 0)
      }
    })
  }
  return arrived
}
