/**
 * How long to wait before the stream's state is requested again, in milliseconds. `random` is in [0, 1), so that pages
 * spread out.
 */

/** Outside the room: a twentieth of the time waited, between about 5 s and 30 s. */
export function offlineDelayMs(waitedMs: number, random: number): number {
  return Math.min(Math.max(waitedMs / 20, 5_000), 30_000) * (0.8 + random * 0.2)
}

/** In the room, in case its metadata was lost. One event starts this wait for all its viewers. */
export function inRoomDelayMs(random: number): number {
  return 10_000 + random * 20_000
}
