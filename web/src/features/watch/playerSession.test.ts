// @vitest-environment happy-dom
import type { RemoteTrack } from 'livekit-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ViewerToken } from '../../api/types'
import type { keepJoined } from '../../lib/joinRoom'
import { Refusal } from '../../lib/refusal'
import { createPlayerSession, type SessionEvent } from './playerSession'

type Options = Parameters<typeof keepJoined>[1]

/** The double of the room: a test calls what the session has passed to `keepJoined`. */
const double = vi.hoisted(() => ({
  options: null as unknown,
  retry: vi.fn(),
  leave: vi.fn(),
}))
vi.mock('../../lib/joinRoom', () => ({
  keepJoined(_: string, options: unknown) {
    double.options = options
    return { retry: double.retry, leave: double.leave }
  },
}))

const TOKEN: ViewerToken = {
  token: 'viewer',
  serverUrl: 'ws://livekit',
  room: 'ann',
  identity: 'bob:aaaaaaaa',
  name: 'bob',
}

beforeEach(() => {
  vi.clearAllMocks()
  vi.useFakeTimers()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function aTrack(kind: 'video' | 'audio') {
  const [attach, detach] = [vi.fn(), vi.fn()]
  return { track: { kind, attach, detach } as unknown as RemoteTrack, attach, detach }
}

function start() {
  const element = document.createElement('video')
  const events: SessionEvent[] = []
  const end = createPlayerSession('ann', element, (event) => events.push(event))
  const options = double.options as Options
  const live = { room: {}, viewers: () => 7, isHostHere: () => true, join: vi.fn(), leave: vi.fn() }
  return {
    element,
    end,
    listener: options.listener,
    join: () => options.onRoom(live as never, TOKEN),
    refuse: (code: string, isFinal = false) =>
      options.onRefused(new Refusal(403, code, ''), isFinal),
    /** The types of the events since the last call. */
    next: () => events.splice(0).map(({ type }) => type),
    events,
  }
}

test('it hands out a way to retry, and reports the room with its viewers', () => {
  const session = start()
  const [started] = session.events
  if (started?.type === 'started') started.retry()
  expect(double.retry).toHaveBeenCalledOnce()
  session.next()
  session.join()
  expect(session.events).toEqual([
    { type: 'joined' },
    { type: 'room', joined: { room: {}, viewerToken: TOKEN } },
    { type: 'viewers', count: 7 },
  ])
  session.end()
})

test('tracks of the host are attached to the element, and detached when they end', () => {
  const { element, listener, next, end } = start()
  const video = aTrack('video')
  next()
  listener.onTrack?.(video.track)
  expect(video.attach).toHaveBeenCalledWith(element)
  expect(next()).toEqual(['track', 'attached'])
  listener.onTrackGone?.(video.track)
  expect(video.detach).toHaveBeenCalledWith(element)
  expect(next()).toEqual(['trackGone'])
  end()
})

test('a host without video is reported after four seconds, unless they leave before', () => {
  const { listener, next, end } = start()
  listener.onHost?.(true)
  listener.onHost?.(false)
  vi.advanceTimersByTime(4_000)
  expect(next()).not.toContain('videoOverdue')
  listener.onHost?.(true)
  vi.advanceTimersByTime(3_999)
  expect(next()).not.toContain('videoOverdue')
  vi.advanceTimersByTime(1)
  expect(next()).toContain('videoOverdue')
  end()
})

test('each video track gets four seconds for its first frame', () => {
  const { listener, next, end } = start()
  listener.onHost?.(true)
  vi.advanceTimersByTime(3_000)
  listener.onTrack?.(aTrack('video').track)
  vi.advanceTimersByTime(3_999)
  expect(next()).not.toContain('videoOverdue')
  vi.advanceTimersByTime(1)
  expect(next()).toContain('videoOverdue')
  end()
})

test('only a frame that has a size counts as shown', () => {
  // happy-dom lacks this constant.
  vi.stubGlobal('HTMLMediaElement', { HAVE_CURRENT_DATA: 2 })
  const { element, next, end } = start()
  next()
  element.dispatchEvent(new Event('timeupdate'))
  expect(next()).toEqual([])
  Object.defineProperty(element, 'videoWidth', { value: 640 })
  Object.defineProperty(element, 'readyState', { value: 2 })
  element.dispatchEvent(new Event('timeupdate'))
  expect(next()).toEqual(['frame'])
  end()
})

test.each([2, 8])('a frame of %i pixels, which ends a track, is no picture', (width) => {
  vi.stubGlobal('HTMLMediaElement', { HAVE_CURRENT_DATA: 2 })
  const { element, next, end } = start()
  next()
  Object.defineProperty(element, 'readyState', { value: 2 })
  Object.defineProperty(element, 'videoWidth', { value: width })
  element.dispatchEvent(new Event('resize'))
  expect(next()).toEqual(['blankFrame'])
  end()
})

test('metadata may have been missed after a lost connection and after another join, but not after the first', () => {
  const { listener, join, next, end } = start()
  const leave = join()
  vi.advanceTimersByTime(5_000)
  expect(next()).not.toContain('metadataMissed')
  listener.onInterrupted?.()
  listener.onResumed?.()
  vi.advanceTimersByTime(2_500)
  expect(next()).toEqual(expect.arrayContaining(['interrupted', 'resumed', 'metadataMissed']))
  leave()
  join()
  vi.advanceTimersByTime(2_500)
  expect(next()).toContain('metadataMissed')
  end()
})

test('leaving the room detaches its tracks', () => {
  const { listener, join, next, end } = start()
  const leave = join()
  const [video, audio] = [aTrack('video'), aTrack('audio')]
  listener.onTrack?.(video.track)
  listener.onTrack?.(audio.track)
  next()
  leave()
  expect(video.detach).toHaveBeenCalledOnce()
  expect(audio.detach).toHaveBeenCalledOnce()
  expect(next()).toEqual(['room', 'left'])
  end()
})

test.each([
  ['host_not_found', true, { type: 'refused', refusal: 'notFound' }],
  ['blocked', true, { type: 'refused', refusal: 'notFound' }],
  ['signed_in_only', true, { type: 'refused', refusal: 'signedInOnly' }],
  ['not_configured', false, { type: 'refused', refusal: 'notConfigured' }],
  ['suspended', false, { type: 'refused', refusal: 'suspended' }],
  ['rate_limited', false, { type: 'refused', refusal: 'limited' }],
  ['room_full', false, { type: 'refused', refusal: 'full' }],
  ['offline', false, { type: 'failed' }],
] as const)('the refusal %s becomes an event', (code, isFinal, event) => {
  const { refuse, events, next, end } = start()
  next()
  refuse(code, isFinal)
  expect(events).toEqual([event])
  end()
})

test('after its end it reports nothing, and has left the room and the element', () => {
  const { element, listener, join, next, end } = start()
  join()
  const video = aTrack('video')
  listener.onTrack?.(video.track)
  next()
  end()
  expect(next()).toEqual(['viewers', 'room', 'left'])
  expect(video.detach).toHaveBeenCalledWith(element)
  expect(double.leave).toHaveBeenCalledOnce()
  listener.onHost?.(true)
  listener.onMetadata?.('{}')
  element.dispatchEvent(new Event('pause'))
  vi.advanceTimersByTime(60_000)
  expect(next()).toEqual([])
})
