/** How long to wait before asking again, in milliseconds. Each takes a `random` of [0, 1), so that pages don't ask in step. */

/** For a channel that is offline: a twentieth of the time waited so far, at least about 5 s and at most 30. */
export function untilLive(waitedMs: number, random: number): number {
  return Math.min(Math.max(waitedMs / 20, 5_000), 30_000) * (0.8 + random * 0.2)
}

/** In a room, should what it says of itself have been lost: one event begins the wait of all its viewers. */
export function inRoom(random: number): number {
  return 10_000 + random * 20_000
}

/** Before the next try to join after `tries` in vain; never sooner than the server has said. */
export function untilJoin(tries: number, atLeastMs: number | null, random: number): number {
  const pause = Math.min(500 * 2 ** tries, 30_000) * (0.75 + random * 0.5)
  return atLeastMs ? Math.max(pause, atLeastMs * (1 + random * 0.2)) : pause
}
