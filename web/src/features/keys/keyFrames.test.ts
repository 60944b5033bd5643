import { expect, test } from 'vitest'
import { type FrameWatch, faultOf, INITIAL_FRAMES, nextFrames } from './keyFrames'

/** Watch for some seconds a video of 15 fps with a key frame at this interval. Of its frames, this share is decoded. */
function watched(
  seconds: number,
  { decoded = 1, keyFrameSeconds = 2, fps = 15, from = INITIAL_FRAMES, start = 0 } = {},
): FrameWatch {
  let watch = from
  for (let second = start; second <= start + seconds; second++) {
    const framesReceived = second * fps
    watch = nextFrames(
      watch,
      {
        framesReceived,
        framesDecoded: Math.floor(framesReceived * decoded),
        keyFramesDecoded: 1 + Math.floor(second / keyFrameSeconds),
      },
      second * 1_000,
    )
  }
  return watch
}

test('a video whose frames are all decoded has no fault', () => {
  expect(faultOf(watched(60))).toBeNull()
})

test('B-frames leave one frame of fifteen', () => {
  expect(faultOf(watched(7, { decoded: 1 / 15 }))).toBeNull()
  expect(faultOf(watched(8, { decoded: 1 / 15 }))).toBe('undecoded')
})

test('the fault ends when the frames are decoded again', () => {
  const from = watched(8, { decoded: 1 / 15 })
  expect(faultOf(watched(40, { from, start: 9 }))).toBeNull()
})

test('a computer that skips some frames is not the encoder’s fault', () => {
  expect(faultOf(watched(60, { decoded: 0.7 }))).toBeNull()
})

test('a still picture has too few frames to say', () => {
  expect(faultOf(watched(60, { decoded: 0.2, fps: 2 }))).toBeNull()
})

test.each([1, 2, 4, 5])('a key frame every %i s is often enough', (keyFrameSeconds) => {
  expect(faultOf(watched(60, { keyFrameSeconds }))).toBeNull()
})

test.each([10, 20, 1_000])('a key frame every %i s is rare', (keyFrameSeconds) => {
  expect(faultOf(watched(6, { keyFrameSeconds }))).toBeNull()
  for (let seconds = 7; seconds < 60; seconds++) {
    expect(faultOf(watched(seconds, { keyFrameSeconds }))).toBe('rareKeyFrames')
  }
})

test('a hidden page and another track begin with no fault', () => {
  const rare = watched(20, { keyFrameSeconds: 1_000 })
  expect(faultOf(nextFrames(rare, null, 21_000))).toBeNull()
  const another = { framesReceived: 1, framesDecoded: 1, keyFramesDecoded: 1 }
  expect(faultOf(nextFrames(rare, another, 21_000))).toBeNull()
})
