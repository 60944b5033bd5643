import { expect, test } from 'vitest'
import type { Encoder, Ingress } from '../../api/types'
import { keyState, minutesLeft } from './keyState'

const UNTIL = '2026-11-24T21:40:00Z'
const at = Date.parse(UNTIL)

function ingress(armed: Ingress['armed'], status: Encoder['status'] = 'inactive'): Ingress {
  return {
    ingressId: 'i',
    inputType: 'rtmp',
    serverUrl: 'rtmp://localhost/x',
    streamKey: 'k',
    armed,
    armedUntil: armed === 'half_hour' ? UNTIL : null,
    restingUntil: null,
    restingFor: null,
    overCap: null,
    encoder: { status, error: null, startedAt: null, video: null, audio: null },
  }
}

test('a key that is off or always on keeps its state', () => {
  expect(keyState(ingress('off'), at)).toBe('off')
  expect(keyState(ingress('always', 'publishing'), at)).toBe('always')
})

test('a key for 30 minutes turns off at its time', () => {
  expect(keyState(ingress('half_hour'), at - 1)).toBe('until')
  expect(keyState(ingress('half_hour'), at)).toBe('off')
})

test('a broadcast that outlasts the 30 minutes keeps its key until it ends', () => {
  expect(keyState(ingress('half_hour', 'publishing'), at + 1)).toBe('ending')
  expect(keyState(ingress('half_hour', 'complete'), at + 1)).toBe('off')
})

test('the minutes left are rounded up', () => {
  expect(minutesLeft(UNTIL, at - 30 * 60_000)).toBe(30)
  expect(minutesLeft(UNTIL, at - 1)).toBe(1)
  expect(minutesLeft(UNTIL, at + 1)).toBe(0)
})
