/** Load the code that joins rooms, most of it LiveKit's client. Pages with video call this early. */
export function loadLiveRoom(): Promise<typeof import('./liveRoom')> {
  return import('./liveRoom')
}
