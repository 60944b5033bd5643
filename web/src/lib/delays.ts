/**
 * How long a page waits before its next request, in milliseconds. Pure, and without imports: `bench/waiting.py` runs it.
 *
 * `random` is in [0, 1), so that pages spread out.
 */

const WAITING_MS = 4_000
const MAX_MS = 30_000

/** Between two requests of the live status, outside the room. `failures` is the number since the last success. */
export function waitingDelayMs(failures: number, random: number): number {
  return Math.min(WAITING_MS * 2 ** failures, MAX_MS) * (0.9 + random * 0.2)
}

/** Between two reloads of the page in the room, in case metadata was lost. One event starts this wait for all viewers. */
export function inRoomDelayMs(random: number): number {
  return 10_000 + random * 20_000
}

/**
 * Before the first attempt to join by a page that has waited for the channel, as `awaitedBy` others may have.
 *
 * About 1,000 join in a second. The square root lets few viewers in first. Their requests start the functions that serve
 * the others.
 */
export function joinSpreadMs(awaitedBy: number, random: number): number {
  return Math.sqrt(random) * Math.min(awaitedBy, 5_000)
}

/**
 * Before the next attempt to join: exponential backoff up to 30 s.
 *
 * The delay is at least the `minimumMs` that the API asked for.
 */
export function joinDelayMs(attempt: number, minimumMs: number | null, random: number): number {
  const delay = Math.min(500 * 2 ** attempt, MAX_MS) * (0.75 + random * 0.5)
  return minimumMs ? Math.max(delay, minimumMs * (1 + random * 0.2)) : delay
}
