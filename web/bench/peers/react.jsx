/**
 * A watch page in the shape of the system that Footlight re-creates: React, one bundle, components-react's LiveKitRoom, and
 * a token that is requested after the page has mounted.
 *
 * https://github.com/BhushanLagare7/nextjs16-twitch-clone
 */
import { LiveKitRoom, useRemoteParticipant, useTracks } from '@livekit/components-react'
import { Track } from 'livekit-client'
import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { requestToken } from './token.js'

function Watch() {
  const [viewer, setViewer] = useState(null)
  useEffect(() => {
    requestToken().then(setViewer)
  }, [])
  if (!viewer) return <p>Loading…</p>
  return (
    <LiveKitRoom serverUrl={viewer.serverUrl} token={viewer.token}>
      <Host identity={viewer.room} />
    </LiveKitRoom>
  )
}

function Host({ identity }) {
  const participant = useRemoteParticipant(identity)
  const tracks = useTracks([Track.Source.Camera, Track.Source.Microphone])
  if (!participant || tracks.length === 0) return <p>Connecting…</p>
  return <Live tracks={tracks.filter((track) => track.participant.identity === identity)} />
}

function Live({ tracks }) {
  const video = useRef(null)
  useEffect(() => {
    for (const { publication } of tracks) publication.track?.attach(video.current)
  }, [tracks])
  // biome-ignore lint/a11y/useMediaCaption: captions are not part of a live WebRTC stream.
  return <video ref={video} playsInline />
}

createRoot(document.getElementById('root')).render(<Watch />)
