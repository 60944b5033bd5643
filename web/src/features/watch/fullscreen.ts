/** Full screen for the whole player or, on an iPhone, which supports no other element, for its video. */

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
    // The browser refused, as in a frame without permission. The player stays as it is.
  }
}
