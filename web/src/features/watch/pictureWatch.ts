/** Whether the host's picture still arrives, from the counters of its receiver. A still picture does if its frames arrive. */
import type { RemoteVideoTrack } from 'livekit-client'
import type { Joined } from '../../lib/joinRoom'
import { sampleEvery } from '../../lib/pause'
import type { PlayerEvent } from './playerState'

export interface Counters {
  framesDecoded?: number
  bytesReceived?: number
}

export interface PictureWatch {
  counters: Counters | null
  movedAt: number
  isStopped: boolean
}

/** Together 6 s, so that viewers know within 10 s, though an ingress sends what it has for a moment. A source may send a frame every few seconds. */
const EVERY_MS = 1_000
const STOPPED_MS = 5_000

export const INITIAL_WATCH: PictureWatch = { counters: null, movedAt: 0, isStopped: false }

/** Return the next state. `counters` are null if LiveKit doesn't send this page a picture, such as in a hidden tab. */
export function nextWatch(
  watch: PictureWatch,
  counters: Counters | null,
  nowMs: number,
): PictureWatch {
  if (!counters) return { ...watch, movedAt: nowMs }
  const hasMoved =
    counters.framesDecoded !== watch.counters?.framesDecoded ||
    counters.bytesReceived !== watch.counters?.bytesReceived
  if (hasMoved) return { counters, movedAt: nowMs, isStopped: false }
  return { ...watch, isStopped: watch.isStopped || nowMs - watch.movedAt >= STOPPED_MS }
}

/** Watch the host's picture in a room. Return a function that ends the watch. */
export function watchPicture(joined: Joined, dispatch: (event: PlayerEvent) => void): () => void {
  let watch = INITIAL_WATCH
  const report = (isStopped: boolean) => dispatch({ type: 'picture', isStopped })
  const end = sampleEvery(
    EVERY_MS,
    () => receivedPicture(joined),
    (counters) => {
      const next = nextWatch(watch, counters, Date.now())
      if (next.isStopped !== watch.isStopped) report(next.isStopped)
      watch = next
    },
  )
  return () => {
    end()
    report(false)
  }
}

/** Return the counters of the picture, or null if LiveKit's adaptive stream has paused it or there is none. */
async function receivedPicture({ room, viewerToken }: Joined): Promise<Counters | null> {
  const host = room.remoteParticipants.get(viewerToken.room)
  const [publication] = host?.videoTrackPublications.values() ?? []
  if (document.hidden || !publication?.isEnabled) return null
  return (await (publication.track as RemoteVideoTrack | undefined)?.getReceiverStats()) ?? null
}
