/**
 * Keeps a copy of the last real frame, which is shown when the video has none.
 *
 * LiveKit ends a video track with blank frames of 2x2 or 8x8 pixels, and a detached track leaves the element black.
 * https://github.com/livekit/livekit/blob/v1.13.5/pkg/sfu/downtrack.go (`writeBlankFrameRTP`)
 */
import { isBlank } from '../../lib/firstFrame'

/** At the end of a track, the copy is at most this old. */
const COPY_EVERY_MS = 500

/**
 * Copy frames of the video to the canvas, and show it while the video has no real frame. Return a function that ends this.
 *
 * Browsers without `requestVideoFrameCallback` (Firefox before 132) keep no frame.
 */
export function keepLastFrame(video: HTMLVideoElement, canvas: HTMLCanvasElement): () => void {
  let copiedAt = 0
  let handle = 0
  const listen = () => {
    handle = video.requestVideoFrameCallback?.(onFrame)
  }
  const onFrame: VideoFrameRequestCallback = (now, { width, height }) => {
    listen()
    canvas.hidden = !isBlank(width)
    if (canvas.hidden && now - copiedAt > COPY_EVERY_MS) {
      copiedAt = now
      canvas.width = width
      canvas.height = height
      canvas.getContext('2d')?.drawImage(video, 0, 0)
    }
  }
  const onEmptied = () => {
    canvas.hidden = false
  }
  listen()
  video.addEventListener('emptied', onEmptied)
  return () => {
    video.cancelVideoFrameCallback?.(handle)
    video.removeEventListener('emptied', onEmptied)
  }
}
