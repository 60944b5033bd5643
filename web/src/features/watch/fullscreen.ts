/** Fullscreen of the whole player; on an iPhone, which knows none for elements, of its video. */

interface AppleVideo extends HTMLVideoElement {
  webkitEnterFullscreen?: () => void
}

export function isFullscreen(player: Element | null): boolean {
  return player !== null && document.fullscreenElement === player
}

export async function toggleFullscreen(
  player: HTMLElement | null,
  video: AppleVideo | null,
): Promise<void> {
  try {
    if (document.fullscreenElement) await document.exitFullscreen()
    else if (player?.requestFullscreen) await player.requestFullscreen()
    else video?.webkitEnterFullscreen?.()
  } catch {
    // The browser would not, as in a frame that may not: the picture stays as it is.
  }
}
