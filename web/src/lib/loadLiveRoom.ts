/** The code that joins rooms, most of it LiveKit's; the first call starts to load it. Pages with video call it early. */
export function loadLiveRoom(): Promise<typeof import('./liveRoom')> {
  return import('./liveRoom')
}
