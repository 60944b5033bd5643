import { shortDurations } from '../../lib/units.strings'

/** Return a short text for the remaining time, rounded up: `3 s`, `1:05 min`, `10 min`, `1 h 30 min`, `13 d 12 h`. */
export function remainingTime(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  if (seconds < 60) return shortDurations.seconds(seconds)
  const minutes = Math.ceil(seconds / 60)
  if (seconds < 600) {
    return shortDurations.minutes(
      `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`,
    )
  }
  if (minutes < 60) return shortDurations.minutes(minutes)
  const hours = Math.floor(minutes / 60)
  if (hours < 24) {
    const whole = shortDurations.hours(hours)
    return minutes % 60 ? `${whole} ${shortDurations.minutes(minutes % 60)}` : whole
  }
  const days = shortDurations.days(Math.floor(hours / 24))
  return hours % 24 ? `${days} ${shortDurations.hours(hours % 24)}` : days
}
