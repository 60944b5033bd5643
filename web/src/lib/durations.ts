/** Durations in words. */
import { durations } from './durations.strings'

const UNITS = [
  ['days', 86_400],
  ['hours', 3_600],
  ['minutes', 60],
  ['seconds', 1],
] as const

/** Return a duration in its two largest units: `1 day 3 hours`, `4 minutes 10 seconds`. */
export function formatDuration(seconds: number): string {
  let remaining = Math.max(0, Math.round(seconds))
  const largest = UNITS.findIndex(([, size]) => remaining >= size)
  const parts: string[] = []
  for (const [unit, size] of UNITS.slice(largest, largest + 2)) {
    const count = Math.floor(remaining / size)
    remaining -= count * size
    if (count > 0) parts.push(durations[unit](count))
  }
  return parts.length > 0 ? parts.join(' ') : durations.seconds(0)
}

/** Return the time until an instant, rounded up to a second. */
export function timeLeft(until: string, nowMs: number): string {
  return formatDuration(Math.ceil((Date.parse(until) - nowMs) / 1000))
}
