// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import { applySound, rememberedSound, rememberSound, type Sound } from './sound'

afterEach(() => localStorage.clear())

const heard: Sound = { volume: 0.4, isMuted: false, isRefused: false }

/** A video element of a browser that plays sound only after a tap. */
function shyVideo(): HTMLVideoElement {
  const video = document.createElement('video')
  vi.spyOn(video, 'play').mockImplementation(async () => {
    if (!video.muted) throw new DOMException('tap first', 'NotAllowedError')
  })
  return video
}

test('volume and mute are remembered; what the browser refused is not', () => {
  rememberSound({ volume: 0.3, isMuted: true, isRefused: true })
  expect(rememberedSound()).toEqual({ volume: 0.3, isMuted: true, isRefused: false })
})

test('a memory that makes no sense is forgotten', () => {
  for (const nonsense of ['', 'loud', '7 heard', '-1 heard', 'NaN muted']) {
    localStorage.setItem('footlight.sound', nonsense)
    expect(rememberedSound().volume).toBe(0.8)
  }
})

test('sound is put on the element anew, whatever an attach has written there', async () => {
  const video = document.createElement('video')
  vi.spyOn(video, 'play').mockResolvedValue()
  video.muted = true
  expect(await applySound(video, heard)).toEqual(heard)
  expect(video.muted).toBe(false)
  expect(video.volume).toBe(0.4)
})

test('where the browser refuses sound the picture plays muted, and a tap is asked for', async () => {
  const video = shyVideo()
  expect(await applySound(video, heard)).toEqual({ ...heard, isRefused: true })
  expect(video.muted).toBe(true)
  expect(video.play).toHaveBeenCalledTimes(2)
})

test('who wants it muted is asked for no tap', async () => {
  const quiet = { ...heard, isMuted: true }
  expect(await applySound(shyVideo(), quiet)).toEqual(quiet)
})
