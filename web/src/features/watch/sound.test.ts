// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest'
import { applySound, type Sound, storedSound, storeSound } from './sound'

afterEach(() => localStorage.clear())

const audible: Sound = { volume: 0.4, isMuted: false, isRefused: false }

/** A video element in a browser that plays sound only after a tap. */
function shyVideo(): HTMLVideoElement {
  const video = document.createElement('video')
  vi.spyOn(video, 'play').mockImplementation(async () => {
    if (!video.muted) throw new DOMException('tap first', 'NotAllowedError')
  })
  return video
}

test('volume and mute are stored; a refusal by the browser is not', () => {
  storeSound({ volume: 0.3, isMuted: true, isRefused: true })
  expect(storedSound()).toEqual({ volume: 0.3, isMuted: true, isRefused: false })
})

test('an invalid stored value is ignored', () => {
  for (const nonsense of ['', 'loud', '7 heard', '-1 heard', 'NaN muted']) {
    localStorage.setItem('footlight.sound', nonsense)
    expect(storedSound().volume).toBe(0.8)
  }
})

test('the sound is applied to the element again after an attach has changed it', async () => {
  const video = document.createElement('video')
  vi.spyOn(video, 'play').mockResolvedValue()
  video.muted = true
  expect(await applySound(video, audible)).toEqual(audible)
  expect(video.muted).toBe(false)
  expect(video.volume).toBe(0.4)
})

test('if the browser refuses sound, the video plays muted and the viewer is asked for a tap', async () => {
  const video = shyVideo()
  expect(await applySound(video, audible)).toEqual({ ...audible, isRefused: true })
  expect(video.muted).toBe(true)
  expect(video.play).toHaveBeenCalledTimes(2)
})

test('a viewer who muted the player is not asked for a tap', async () => {
  const quiet = { ...audible, isMuted: true }
  expect(await applySound(shyVideo(), quiet)).toEqual(quiet)
})
