/** What this page receives of the host's media, in figures, from two readings of the receivers' statistics. */
import type { RemoteTrack } from 'livekit-client'
import type { Joined } from '../../lib/joinRoom'

/** Counters of the connection, summed over picture and sound. https://www.w3.org/TR/webrtc-stats/ */
export interface Reading {
  atMs: number
  bytes: number
  packets: number
  lostPackets: number
  /** Frames of the picture. */
  frames: number
  /** Seconds that the frames waited in the buffer, summed over `buffered` frames. */
  bufferSeconds: number
  buffered: number
  width: number
  height: number
  roundTripSeconds: number | null
  transport: string | null
}

export interface Figures {
  width: number
  height: number
  framesPerSecond: number
  bitsPerSecond: number
  /** From 0 to 100. */
  lostPercent: number
  /** From LiveKit's server to the screen: half a round trip, and the wait in the buffer. Null if it is unknown. */
  delayMs: number | null
  /** Such as `UDP`. Null if it is unknown. */
  transport: string | null
  /** At the current bitrate. 1 MB is 1,000,000 bytes. */
  megabytesPerHour: number
}

const NOTHING: Omit<Reading, 'atMs'> = {
  bytes: 0,
  packets: 0,
  lostPackets: 0,
  frames: 0,
  bufferSeconds: 0,
  buffered: 0,
  width: 0,
  height: 0,
  roundTripSeconds: null,
  transport: null,
}

/** Read the receivers of the host's tracks. Return null without a host. */
export async function takeReading({ room, viewerToken }: Joined): Promise<Reading | null> {
  const host = room.remoteParticipants.get(viewerToken.room)
  if (!host) return null
  const reports = await Promise.all(
    [...host.trackPublications.values()].map(({ track }) =>
      (track as RemoteTrack | undefined)?.receiver?.getStats(),
    ),
  )
  return readingOf(
    reports.filter((report) => report !== undefined),
    Date.now(),
  )
}

export function readingOf(reports: Iterable<RTCStatsReport>, atMs: number): Reading {
  const reading: Reading = { atMs, ...NOTHING }
  for (const report of reports) {
    report.forEach((stats) => {
      if (stats.type === 'inbound-rtp') addMedia(reading, stats)
      if (stats.type === 'candidate-pair' && stats.nominated && stats.state === 'succeeded') {
        reading.roundTripSeconds = stats.currentRoundTripTime ?? null
        reading.transport = transportOf(report.get(stats.localCandidateId))
      }
    })
  }
  return reading
}

function addMedia(reading: Reading, stats: RTCInboundRtpStreamStats): void {
  reading.bytes += stats.bytesReceived ?? 0
  reading.packets += stats.packetsReceived ?? 0
  reading.lostPackets += stats.packetsLost ?? 0
  if (stats.kind !== 'video') return
  reading.frames = stats.framesDecoded ?? 0
  reading.bufferSeconds = stats.jitterBufferDelay ?? 0
  reading.buffered = stats.jitterBufferEmittedCount ?? 0
  reading.width = stats.frameWidth ?? 0
  reading.height = stats.frameHeight ?? 0
}

interface Candidate {
  candidateType?: string
  protocol?: string
  relayProtocol?: string
}

function transportOf(candidate: Candidate | undefined): string | null {
  if (!candidate?.protocol) return null
  const isRelayed = candidate.candidateType === 'relay'
  const protocol = (isRelayed && candidate.relayProtocol) || candidate.protocol
  return `${isRelayed ? 'TURN, ' : ''}${protocol.toUpperCase()}`
}

/** Return the figures of the time between two readings, or null if the counters started over. */
export function figuresBetween(before: Reading, after: Reading): Figures | null {
  const seconds = (after.atMs - before.atMs) / 1000
  if (seconds <= 0 || after.bytes < before.bytes || after.frames < before.frames) return null
  const lost = Math.max(0, after.lostPackets - before.lostPackets)
  const packets = lost + after.packets - before.packets
  const bitsPerSecond = ((after.bytes - before.bytes) * 8) / seconds
  const buffered = after.buffered - before.buffered
  const wait = buffered > 0 ? (after.bufferSeconds - before.bufferSeconds) / buffered : null
  return {
    width: after.width,
    height: after.height,
    framesPerSecond: (after.frames - before.frames) / seconds,
    bitsPerSecond,
    lostPercent: packets > 0 ? (lost / packets) * 100 : 0,
    delayMs:
      wait === null || after.roundTripSeconds === null
        ? null
        : (after.roundTripSeconds / 2 + wait) * 1000,
    transport: after.transport,
    megabytesPerHour: (bitsPerSecond * 3600) / 8e6,
  }
}
