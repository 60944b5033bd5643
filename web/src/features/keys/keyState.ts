import type { Encoder, Ingress } from '../../api/types'

/** Whether a key works: not, always, until a time, or, its time being over, until the present broadcast ends. */
export type KeyState = 'off' | 'always' | 'until' | 'ending'

export function keyState({ armed, armedUntil, encoder }: Ingress, nowMs: number): KeyState {
  if (armed !== 'half_hour') return armed
  if (armedUntil && Date.parse(armedUntil) > nowMs) return 'until'
  return isSending(encoder) ? 'ending' : 'off'
}

/** To switch the key off would cut something off. */
export function isSending({ status }: Encoder): boolean {
  return status === 'publishing' || status === 'buffering'
}

export function minutesLeft(instant: string, nowMs: number): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - nowMs) / 60_000))
}
