import type { Encoder, Ingress } from '../../api/types'

/** When a key works. `ending` means that its time has passed, but it works until the current broadcast ends. */
export type KeyState = 'off' | 'always' | 'until' | 'ending'

export function keyState({ armed, armedUntil, encoder }: Ingress, nowMs: number): KeyState {
  if (armed !== 'half_hour') return armed
  if (armedUntil && Date.parse(armedUntil) > nowMs) return 'until'
  return isSending(encoder) ? 'ending' : 'off'
}

/** Return true if an encoder is connected, so that turning the key off would end a broadcast. */
export function isSending({ status }: Encoder): boolean {
  return status === 'publishing' || status === 'buffering'
}

export function minutesLeft(instant: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - nowMs) / 60_000))
}
