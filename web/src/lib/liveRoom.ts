/**
 * A thin layer over livekit-client: one room, and its host's media.
 *
 * The client is large. Import this module only through `loadLiveRoom`, which keeps it in a chunk of its own.
 */
import { DisconnectReason, type RemoteTrack, Room, RoomEvent } from 'livekit-client'
import type { ViewerToken } from '../api/types'

export type LeaveReason = 'replaced' | 'removed' | 'lost'

export interface RoomListener {
  /** The client has lost its connection and is trying to restore it. */
  onInterrupted(): void
  onResumed(): void
  /** The connection is gone for good. Another join needs another token. */
  onLeft(reason: LeaveReason): void
  onHost(isHere: boolean): void
  onTrack(track: RemoteTrack): void
  onTrackGone(track: RemoteTrack): void
  /** The number of viewers may have changed. */
  onCount(): void
  /** The room's metadata has changed. It is not called for the metadata at the time of joining. */
  onMetadata(metadata: string): void
}

export interface LiveRoom {
  /** LiveKit's own room, for its other events. */
  room: Room

  /** Join, or throw. If the host is already in the room, `onHost` is called before this resolves. */
  join(viewerToken: ViewerToken, autoSubscribe: boolean): Promise<void>
  leave(): Promise<void>
  isHostHere(): boolean
  /** Return the number of viewers, without the ingress that sends the media and without the host's own tabs. */
  viewers(): number
}

/** Create a room. It can be joined again after `onLeft`. */
export function openRoom(listener: Partial<RoomListener>): LiveRoom {
  const room = new Room({ adaptiveStream: { pixelDensity: 'screen' } })
  let host = ''
  let isLeaving = false

  const isHost = (participant: { identity: string }) => participant.identity === host
  const isHostHere = () => room.remoteParticipants.has(host)

  room
    .on(RoomEvent.Reconnecting, () => listener.onInterrupted?.())
    .on(RoomEvent.Reconnected, () => {
      listener.onResumed?.()
      listener.onHost?.(isHostHere())
    })
    .on(RoomEvent.ParticipantConnected, (participant) => {
      if (isHost(participant)) listener.onHost?.(true)
      listener.onCount?.()
    })
    .on(RoomEvent.ParticipantDisconnected, (participant) => {
      if (isHost(participant)) listener.onHost?.(false)
      listener.onCount?.()
    })
    .on(RoomEvent.RoomMetadataChanged, (metadata) => listener.onMetadata?.(metadata))
    .on(RoomEvent.TrackSubscribed, (track, _publication, participant) => {
      if (isHost(participant)) listener.onTrack?.(track)
    })
    .on(RoomEvent.TrackUnsubscribed, (track, _publication, participant) => {
      if (isHost(participant)) listener.onTrackGone?.(track)
    })
    .on(RoomEvent.Disconnected, (reason) => {
      if (!isLeaving) listener.onLeft?.(leaveReason(reason))
    })

  return {
    room,
    async join({ serverUrl, token, room: hostId }, autoSubscribe) {
      // A room is named after its host's user id, which is also the identity of the ingress that sends their media.
      host = hostId
      isLeaving = false
      await room.connect(serverUrl, token, { autoSubscribe })
      listener.onHost?.(isHostHere())
    },
    async leave() {
      isLeaving = true
      await room.disconnect()
    },
    isHostHere,
    viewers() {
      const own = `Host-${host}:`
      let others = isHostHere() ? 1 : 0
      for (const { identity } of room.remoteParticipants.values()) {
        if (identity.startsWith(own)) others += 1
      }
      const isViewer = !room.localParticipant.identity.startsWith(own)
      if (!isViewer) others += 1
      // The server updates its number every few seconds, so it may not include this viewer yet.
      return Math.max(isViewer ? 1 : 0, room.numParticipants - others)
    },
  }
}

function leaveReason(reason: DisconnectReason | undefined): LeaveReason {
  if (reason === DisconnectReason.DUPLICATE_IDENTITY) return 'replaced'
  if (reason === DisconnectReason.PARTICIPANT_REMOVED) return 'removed'
  return 'lost'
}
