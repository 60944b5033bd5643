import { expect, test } from 'vitest'
import { bitrate, frameRate } from './videoFigures'

test('a frame rate is rounded, and null if it is not reported', () => {
  expect(frameRate(29.97)).toBe('30 fps')
  expect(frameRate(0)).toBeNull()
})

test('the bitrate is that of all tracks together, and null if none is reported', () => {
  expect(bitrate({ averageBitrate: 2_400_000 }, { averageBitrate: 128_000 })).toBe('2.5 Mbit/s')
  expect(bitrate({ averageBitrate: 2_400_000 }, null)).toBe('2.4 Mbit/s')
  expect(bitrate({ averageBitrate: 0 }, null)).toBeNull()
})
