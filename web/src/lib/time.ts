/** Instants and durations as text, formatted by the browser's `Intl`. */

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' })

/** Return a date in the reader's format: `24 Nov 2026`. */
export function date(instant: string): string {
  return day.format(new Date(instant))
}

/** Return a date and time in the reader's format: `24 Nov 2026, 20:15`. */
export function dateAndTime(instant: string | number): string {
  return moment.format(new Date(instant))
}

/** Return a time in the reader's format: `20:15`. */
export function timeOfDay(instant: string | number): string {
  return clock.format(new Date(instant))
}

/** Return the time since an instant, as a player shows it: `4:05`, `1:02:33`. */
export function elapsed(since: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1000))
  const two = (value: number) => String(value).padStart(2, '0')
  const minutes = Math.floor(seconds / 60) % 60
  const hours = Math.floor(seconds / 3600)
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`
}
