/**
 * Limits what LiveKit sends to this page: nothing to a paused player, and at most the chosen quality.
 *
 * A disabled track stays subscribed, so it returns without a negotiation, and LiveKit keeps it disabled over a
 * reconnect. https://docs.livekit.io/transport/media/subscribe/#enabling-disabling-tracks
 */
import type { RemoteTrackPublication, Room, VideoQuality } from 'livekit-client'
import type { Joined } from '../../lib/joinRoom'
import { type Layer, layersOf, layerWithin } from './layers'
import type { Quality } from './quality'

export interface Limit {
  isPaused: boolean
  quality: Quality
  /** A frame is shown. A player that is paused before its first frame waits for it. */
  hasFrame: boolean
}

/** Return whether a track of this kind is needed. */
export function isNeeded(kind: string, { isPaused, quality, hasFrame }: Limit): boolean {
  if (kind === 'audio') return !isPaused
  return !hasFrame || (!isPaused && quality !== 'sound')
}

/** Limit the host's tracks, also those to come. Return a function that ends the limit. */
export function limitReception({ room, viewerToken }: Joined, limit: Limit): () => void {
  const apply = () => {
    for (const publication of publicationsOf(room, viewerToken.room)) {
      const { kind } = publication
      if (!isNeeded(kind, limit)) publication.setEnabled(false)
      else if (kind === 'video') limitSize(publication, limit.quality)
    }
  }
  apply()
  room.on('trackSubscribed', apply)
  return () => {
    room.off('trackSubscribed', apply)
    for (const publication of publicationsOf(room, viewerToken.room)) liftLimit(publication)
  }
}

function publicationsOf(room: Room, identity: string): RemoteTrackPublication[] {
  return [...(room.remoteParticipants.get(identity)?.trackPublications.values() ?? [])]
}

function limitSize(publication: RemoteTrackPublication, chosen: Quality): void {
  if (chosen === 'auto' || chosen === 'sound') return
  setLargest(publication, layerWithin(layersOf(publication), Number(chosen)))
}

function setLargest(publication: RemoteTrackPublication, layer: Layer | undefined): void {
  // The client has its own type for the protocol's numbers.
  if (layer) publication.setVideoQuality(layer.quality as number as VideoQuality)
}

/** Return a track to what LiveKit's adaptive stream decides: the size of the player, and nothing in a hidden tab. */
export function liftLimit(publication: RemoteTrackPublication): void {
  setLargest(publication, layersOf(publication)[0])
  // The client has no call for this: after `setEnabled(true)`, a hidden tab would receive the picture.
  const state = publication as unknown as { requestedDisabled: boolean | undefined }
  if (state.requestedDisabled === undefined) return
  state.requestedDisabled = undefined
  publication.emitTrackUpdate()
}
