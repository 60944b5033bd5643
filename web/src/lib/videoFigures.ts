/** Figures of a stream. LiveKit Ingress reports 0 for what it doesn't know. */
import * as strings from './units.strings'

/** Return the frame rate, or null if it isn't reported: LiveKit Ingress doesn't for WHIP. */
export function frameRate(framerate: number): string | null {
  return framerate > 0 ? strings.framesPerSecond(Math.round(framerate)) : null
}

interface Track {
  /** bit/s */
  averageBitrate: number
}

/** Return the bitrate of some tracks together, or null if it isn't reported: it is only after the broadcast. */
export function bitrate(...tracks: (Track | null)[]): string | null {
  const sum = tracks.reduce((total, track) => total + (track?.averageBitrate ?? 0), 0)
  return sum > 0 ? strings.megabits((sum / 1e6).toFixed(1)) : null
}
