/**
 * A thin layer over livekit-client: one room, and what its host does in it.
 *
 * The client is large: import this module by `loadLiveRoom` alone, which leaves it in a chunk of its own.
 */
import {
  DisconnectReason,
  type RemoteParticipant,
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
} from 'livekit-client'

export interface HostListener {
  /** The client lost its connection and tries to get it back by itself. */
  onInterrupted(): void
  onResumed(): void
  /** The connection is gone for good: another token and another join are needed. */
  onLeft(why: 'replaced' | 'removed' | 'lost'): void
  onHost(here: boolean): void
  onTrack(track: RemoteTrack): void
  onTrackGone(track: RemoteTrack): void
  onCount(): void
  /** The room's metadata has changed; what it was at joining is not told. */
  onMetadata(metadata: string): void
}

export interface LiveRoom {
  /** LiveKit's own, for who listens to what else is said in it. */
  room: Room

  /** Joins; throws where that fails. The listener hears of a host who is there already before this resolves. */
  join(url: string, token: string, hostIdentity: string): Promise<void>
  leave(): Promise<void>
  isHostHere(): boolean
  /** Viewers, without the ingress that brings the picture and without the host's own tabs. */
  viewers(): number
}

/** Made once for each mount of a player; may be joined again after `onLeft`. */
export function openRoom(listener: HostListener): LiveRoom {
  const room = new Room({ adaptiveStream: true })
  let host = ''
  let leaving = false

  const isHost = (participant: { identity: string }) => participant.identity === host
  const onTrack = (track: RemoteTrack, _: RemoteTrackPublication, from: RemoteParticipant) => {
    if (isHost(from)) listener.onTrack(track)
  }
  const onTrackGone = (track: RemoteTrack, _: RemoteTrackPublication, from: RemoteParticipant) => {
    if (isHost(from)) listener.onTrackGone(track)
  }

  room
    .on(RoomEvent.Reconnecting, () => listener.onInterrupted())
    .on(RoomEvent.Reconnected, () => {
      listener.onResumed()
      listener.onHost(room.remoteParticipants.has(host))
    })
    .on(RoomEvent.ParticipantConnected, (participant) => {
      if (isHost(participant)) listener.onHost(true)
      listener.onCount()
    })
    .on(RoomEvent.ParticipantDisconnected, (participant) => {
      if (isHost(participant)) listener.onHost(false)
      listener.onCount()
    })
    .on(RoomEvent.RoomMetadataChanged, listener.onMetadata)
    .on(RoomEvent.TrackSubscribed, onTrack)
    .on(RoomEvent.TrackUnsubscribed, onTrackGone)
    .on(RoomEvent.Disconnected, (reason) => {
      if (leaving) return
      if (reason === DisconnectReason.DUPLICATE_IDENTITY) listener.onLeft('replaced')
      else if (reason === DisconnectReason.PARTICIPANT_REMOVED) listener.onLeft('removed')
      else listener.onLeft('lost')
    })

  return {
    room,
    async join(url, token, hostIdentity) {
      host = hostIdentity
      leaving = false
      await room.connect(url, token, { autoSubscribe: true })
      listener.onHost(room.remoteParticipants.has(host))
    },
    async leave() {
      leaving = true
      await room.disconnect()
    },
    isHostHere: () => room.remoteParticipants.has(host),
    viewers() {
      const own = `Host-${host}:`
      let others = room.remoteParticipants.has(host) ? 1 : 0
      for (const { identity } of room.remoteParticipants.values()) {
        if (identity.startsWith(own)) others += 1
      }
      const isViewer = !room.localParticipant.identity.startsWith(own)
      if (!isViewer) others += 1
      // The server counts anew every few seconds, so somebody who has just come may not be in it yet.
      return Math.max(isViewer ? 1 : 0, room.numParticipants - others)
    },
  }
}
