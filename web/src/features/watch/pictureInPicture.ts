/** A small window over all others with the picture. Firefox has its own button and no call for this. */

export function isInPicture(video: HTMLVideoElement): boolean {
  return document.pictureInPictureElement === video
}

export async function togglePictureInPicture(video: HTMLVideoElement): Promise<void> {
  try {
    if (isInPicture(video)) await document.exitPictureInPicture()
    else await video.requestPictureInPicture()
  } catch {
    // The browser refused, as before the first frame. The player stays as it is.
  }
}
