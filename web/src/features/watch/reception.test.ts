// @vitest-environment happy-dom
import { RemoteTrackPublication, type Room, type Track } from 'livekit-client'
import { expect, test } from 'vitest'
import { isNeeded, limitReception } from './reception'

const HOST = 'ann'

interface Settings {
  trackSids: string[]
  disabled: boolean
  quality: number
}

/** A room with the client's own publications, and what these send to LiveKit. */
function aRoom() {
  const sent: Record<string, Settings> = {}
  const publish = (kind: 'video' | 'audio') => {
    const layers = [
      { width: 640, height: 360, quality: 0 },
      { width: 1280, height: 720, quality: 1 },
    ]
    const info = { sid: kind, name: kind, muted: false, layers: kind === 'video' ? layers : [] }
    const publication = new RemoteTrackPublication(kind as Track.Kind, info as never, true)
    publication.on('updateSettings', (settings) => {
      sent[kind] = settings as unknown as Settings
    })
    return publication
  }
  const publications = new Map([
    ['video', publish('video')],
    ['audio', publish('audio')],
  ])
  let onSubscribed = () => {}
  const room = {
    remoteParticipants: new Map([[HOST, { trackPublications: publications }]]),
    on(_: string, listener: () => void) {
      onSubscribed = listener
    },
    off() {
      onSubscribed = () => {}
    },
  }
  return {
    joined: { room: room as unknown as Room, viewerToken: { room: HOST } as never },
    sent,
    video: publications.get('video') as RemoteTrackPublication,
    /** The encoder connects again. */
    republish() {
      publications.set('video', publish('video')).set('audio', publish('audio'))
      onSubscribed()
    },
  }
}

const WATCHING = { isPaused: false, quality: 'auto', hasFrame: true } as const
const PAUSED = { ...WATCHING, isPaused: true }

test.each([
  [WATCHING, true, true],
  [PAUSED, false, false],
  [{ ...PAUSED, hasFrame: false }, true, false],
  [{ ...WATCHING, quality: '360' as const }, true, true],
  [{ ...WATCHING, quality: 'sound' as const }, false, true],
  [{ ...PAUSED, quality: 'sound' as const }, false, false],
])('with %o, the picture is needed: %s, and the sound: %s', (limit, video, audio) => {
  expect(isNeeded('video', limit)).toBe(video)
  expect(isNeeded('audio', limit)).toBe(audio)
})

test('a paused player receives nothing, also of tracks that come later', () => {
  const { joined, sent, republish } = aRoom()
  limitReception(joined, PAUSED)
  expect(sent).toMatchObject({ video: { disabled: true }, audio: { disabled: true } })
  delete sent.video
  republish()
  expect(sent).toMatchObject({ video: { disabled: true }, audio: { disabled: true } })
})

test('a player that resumes receives again, and nothing in a hidden tab', () => {
  const { joined, sent, video } = aRoom()
  limitReception(joined, PAUSED)()
  expect(sent).toMatchObject({ video: { disabled: false }, audio: { disabled: false } })
  // What the client does when its adaptive stream sees the video hidden.
  Object.assign(video, { track: { kind: 'video', isLocal: false, isAdaptiveStream: true } })
  Object.assign(video, { visible: false })
  video.emitTrackUpdate()
  expect(sent.video?.disabled).toBe(true)
})

test('after the end, new tracks are left alone', () => {
  const { joined, sent, republish } = aRoom()
  limitReception(joined, PAUSED)()
  delete sent.audio
  republish()
  expect(sent.audio).toBeUndefined()
})

test.each([
  ['360', 0],
  ['720', 1],
  ['480', 0],
  ['144', 0],
] as const)('a limit of %s lines requests the layer of quality %i', (quality, expected) => {
  const { joined, sent } = aRoom()
  const lift = limitReception(joined, { ...WATCHING, quality })
  expect(sent.video).toMatchObject({ disabled: false, quality: expected })
  lift()
  expect(sent.video).toMatchObject({ disabled: false, quality: 1 })
})
