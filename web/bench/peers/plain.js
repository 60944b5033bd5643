/** A watch page on livekit-client alone: one bundle, which requests the token and joins. */
import { Room, RoomEvent } from 'livekit-client'
import { requestToken } from './token.js'

const video = document.body.appendChild(document.createElement('video'))
video.playsInline = true
const room = new Room()
room.on(RoomEvent.TrackSubscribed, (track) => {
  track.attach(video)
})
const { serverUrl, token } = await requestToken()
await room.connect(serverUrl, token)
