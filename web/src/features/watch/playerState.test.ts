import { expect, test } from 'vitest'
import type { StreamState } from '../../api/types'
import {
  initialState,
  isHostAway,
  isWanted,
  type PlayerEvent,
  type PlayerState,
  playerView,
  pollPlace,
  reducePlayer,
} from './playerState'

const then = (state: PlayerState, ...events: PlayerEvent[]): PlayerState =>
  events.reduce(reducePlayer, state)
const after = (...events: PlayerEvent[]): PlayerState => then(initialState, ...events)
const announced = (
  state: StreamState,
  keptOutBy: PlayerState['keptOutBy'] = null,
): PlayerEvent => ({ type: 'announced', state, keptOutBy })

const joining: PlayerEvent[] = [announced('live'), { type: 'joining' }]
const video: PlayerEvent[] = [
  { type: 'host', isHere: true },
  { type: 'track', kind: 'video' },
  { type: 'track', kind: 'audio' },
  { type: 'frame' },
]
const live: PlayerEvent[] = [...joining, { type: 'joined' }, ...video]
const hostLeft: PlayerEvent = { type: 'host', isHere: false }

test("it loads, outside the room, until the stream's state is known", () => {
  expect(isWanted(initialState)).toBe(false)
  expect(playerView(initialState)).toEqual({ view: 'loading', reason: 'connecting' })
  expect(playerView(after({ type: 'failed' })).reason).toBe('unreachable')
})

test('it waits for an offline stream outside the room, and joins when the stream is live or reconnecting', () => {
  const waiting = after(announced('offline'))
  expect(playerView(waiting)).toEqual({ view: 'offline', reason: 'offline' })
  expect(isWanted(waiting)).toBe(false)
  expect(isWanted(then(waiting, announced('live')))).toBe(true)
  expect(isWanted(then(waiting, announced('reconnecting')))).toBe(true)
})

test('a failed API request during the wait changes nothing', () => {
  expect(playerView(after(announced('offline'), { type: 'failed' })).reason).toBe('offline')
})

test("a room that can't be joined is shown as unreachable", () => {
  expect(playerView(after(...joining)).reason).toBe('connecting')
  const failed = after(...joining, { type: 'failed' })
  expect(playerView(failed)).toEqual({ view: 'loading', reason: 'unreachable' })
  expect(isWanted(failed)).toBe(true)
  expect(playerView(after(...joining, { type: 'refused', refusal: 'limited' })).reason).toBe(
    'limited',
  )
  expect(playerView(after(...joining, { type: 'refused', refusal: 'full' })).reason).toBe('full')
})

test('a room without its host is offline', () => {
  expect(playerView(after(...joining, { type: 'joined' })).view).toBe('offline')
})

test('a host without video is loading, and live with the first frame', () => {
  expect(playerView(after(...live.slice(0, -1)))).toEqual({
    view: 'loading',
    reason: 'waitingForVideo',
  })
  expect(playerView(after(...live)).view).toBe('live')
})

test('a host whose picture is overdue is live without one, until its first frame', () => {
  const noPicture = { view: 'loading', reason: 'noPicture' }
  const here = after(...joining, { type: 'joined' }, { type: 'host', isHere: true })
  const silent = then(here, { type: 'videoOverdue' })
  expect(playerView(here).reason).toBe('waitingForVideo')
  expect(playerView(silent)).toEqual(noPicture)
  const tracks = then(silent, { type: 'track', kind: 'video' }, { type: 'track', kind: 'audio' })
  expect(playerView(tracks).reason).toBe('waitingForVideo')
  expect(playerView(then(tracks, { type: 'videoOverdue' }))).toEqual(noPicture)
  expect(playerView(then(tracks, { type: 'videoOverdue' }, { type: 'frame' })).view).toBe('live')
  expect(playerView(then(silent, hostLeft)).view).toBe('offline')
})

test('audio alone is live once the video is overdue', () => {
  const sound = after(
    ...joining,
    { type: 'joined' },
    { type: 'host', isHere: true },
    { type: 'track', kind: 'audio' },
  )
  expect(playerView(sound).view).toBe('loading')
  expect(playerView(then(sound, { type: 'videoOverdue' }))).toEqual({
    view: 'live',
    reason: 'soundOnly',
  })
})

const gone = (kind: 'video' | 'audio'): PlayerEvent => ({ type: 'trackGone', kind })

test.each([
  ['the picture first', [gone('video'), gone('audio')]],
  ['the sound first', [gone('audio'), gone('video')]],
] as const)('a host whose tracks end one by one will be back soon: %s', (_, ends) => {
  const overdue = after(...live, { type: 'videoOverdue' })
  expect(playerView(then(overdue, ...ends)).view).toBe('reconnecting')
  expect(playerView(then(overdue, ...ends, hostLeft)).view).toBe('reconnecting')
})

test('sound that is replaced does not interrupt the picture, or sound alone', () => {
  const sound: PlayerEvent = { type: 'track', kind: 'audio' }
  expect(playerView(after(...live, gone('audio'))).view).toBe('live')
  const alone = after(...live, { type: 'videoOverdue' }, gone('video'), gone('audio'), sound)
  expect(playerView(alone)).toEqual({ view: 'live', reason: 'soundOnly' })
  expect(alone.isBackSoon).toBe(false)
})

test('sound that continues without video is live, and waits for a new video as at the start', () => {
  const sound = after(
    ...live,
    { type: 'videoOverdue' },
    { type: 'blankFrame' },
    { type: 'trackGone', kind: 'video' },
  )
  expect(playerView(sound)).toEqual({ view: 'live', reason: 'soundOnly' })
  expect(playerView(then(sound, { type: 'track', kind: 'video' })).reason).toBe('waitingForVideo')
})

test('an API that lags behind does not remove a viewer who sees the host', () => {
  for (const state of ['offline', 'reconnecting'] as const) {
    const lagging = after(...live, announced(state))
    expect(isWanted(lagging)).toBe(true)
    expect(playerView(lagging).view).toBe('live')
  }
})

test('in a drop it stays in the room until the end is announced, and then leaves', () => {
  const dropped = after(...live, hostLeft)
  expect(playerView(dropped)).toEqual({ view: 'reconnecting', reason: 'resuming' })
  const still = then(dropped, announced('reconnecting'))
  expect(playerView(still)).toEqual({ view: 'reconnecting', reason: 'backSoon' })
  expect(isWanted(still)).toBe(true)
  const ended = then(still, announced('offline'))
  expect(playerView(ended).view).toBe('offline')
  expect(isWanted(ended)).toBe(false)
})

test('an end that is announced before the host leaves is an end', () => {
  const ended = after(...live, announced('offline'), hostLeft)
  expect(isWanted(ended)).toBe(false)
  expect(playerView(ended)).toEqual({ view: 'offline', reason: 'offline' })
})

test('a host who returns cancels the announced end', () => {
  const back = after(...live, announced('offline'), { type: 'host', isHere: true }, hostLeft)
  expect(playerView(back).reason).toBe('resuming')
})

test('a stale announcement of being live ends no wait', () => {
  expect(playerView(after(...live, hostLeft, announced('live'))).reason).toBe('resuming')
})

test('a viewer who arrives during a drop waits too, until the video is back', () => {
  const waiting = after(announced('reconnecting'), { type: 'joined' })
  expect(playerView(waiting)).toEqual({ view: 'reconnecting', reason: 'backSoon' })
  const back = then(waiting, ...video)
  expect(playerView(back).view).toBe('live')
  expect(playerView(then(back, announced('reconnecting'))).view).toBe('live')
})

test('the wait ends after the grace, or with the next video', () => {
  const dropped = after(...live, hostLeft)
  const ended = then(dropped, { type: 'graceEnded' })
  expect(playerView(ended).view).toBe('offline')
  expect(isWanted(ended)).toBe(false)
  expect(playerView(then(dropped, ...video)).view).toBe('live')
})

test('an interrupted connection resumes the live view', () => {
  const interrupted = after(...live, { type: 'interrupted' })
  expect(playerView(interrupted)).toEqual({ view: 'reconnecting', reason: 'resuming' })
  expect(playerView(then(interrupted, { type: 'resumed' })).view).toBe('live')
})

test('an interrupted connection does not count as the end, even if the host seems to be gone', () => {
  const blind = after(...live, announced('offline'), hostLeft, { type: 'interrupted' })
  expect(isWanted(blind)).toBe(true)
  expect(isWanted(then(blind, { type: 'resumed' }))).toBe(false)
})

test('a room that was lost is joined again, and resumes', () => {
  const lost = after(...live, { type: 'left' })
  expect(playerView(lost)).toEqual({ view: 'reconnecting', reason: 'resuming' })
  expect(isWanted(lost)).toBe(true)
  expect(playerView(then(lost, { type: 'joining' }, { type: 'joined' }, ...video)).view).toBe(
    'live',
  )
})

test('a refused viewer sees an offline player without the earlier video', () => {
  const refused = after(...live, { type: 'refused', refusal: 'notFound' })
  expect(playerView(refused).view).toBe('offline')
  expect(refused.hasVideo).toBe(false)
})

test('a viewer who is kept out sees the reason, before and during the stream, and may join when it ends', () => {
  const signedInOnly = { view: 'offline', reason: 'signedInOnly' }
  const atOnce = after(announced('live', 'signedInOnly'))
  const whileWatching = after(...live, announced('live', 'signedInOnly'))
  const byTheToken = after(...live, { type: 'refused', refusal: 'signedInOnly' })
  for (const out of [atOnce, whileWatching, byTheToken]) {
    expect(playerView(out)).toEqual(signedInOnly)
    expect(isWanted(out)).toBe(false)
    expect(isWanted(then(out, announced('live')))).toBe(true)
  }
})

test.each(['offline', 'reconnecting', 'live'] as const)(
  'a viewer who has not confirmed their age is in no room while the channel is %s',
  (state) => {
    for (const events of [[], live]) {
      const asked = then(after(...events), announced(state, 'forAdults'))
      expect(playerView(asked)).toEqual({ view: 'offline', reason: 'forAdults' })
      expect(isWanted(asked)).toBe(false)
      expect(pollPlace(asked, true)).toBe('outside')
    }
    expect(isWanted(after(announced(state, 'forAdults'), announced(state)))).toBe(
      state !== 'offline',
    )
  },
)

test('it polls outside the room, and in the room unless the page and the player both show the broadcast', () => {
  expect(pollPlace(after(announced('offline')), false)).toBe('outside')
  expect(pollPlace(after(...joining), true)).toBeNull()
  expect(pollPlace(after(...joining, { type: 'joined' }), true)).toBe('room')
  expect(pollPlace(after(...live), false)).toBe('room')
  expect(pollPlace(after(...live), true)).toBeNull()
  expect(pollPlace(after(...live, { type: 'interrupted' }), false)).toBeNull()
})

test('the host is away from a drop until they return or the connection is lost', () => {
  const dropped = after(...live, hostLeft)
  expect(isHostAway(after(...live))).toBe(false)
  expect(isHostAway(dropped)).toBe(true)
  expect(isHostAway(then(dropped, { type: 'host', isHere: true }))).toBe(false)
  expect(isHostAway(then(dropped, { type: 'interrupted' }))).toBe(false)
})

test('an unchanged number of viewers or pause changes nothing', () => {
  const counted = after(...live, { type: 'viewers', count: 3 }, { type: 'paused', isPaused: true })
  expect(counted).toMatchObject({ viewers: 3, isPaused: true })
  expect(then(counted, { type: 'viewers', count: 3 }, { type: 'paused', isPaused: true })).toBe(
    counted,
  )
})

test('a picture that stops is said, without an end of the broadcast, until it moves', () => {
  const stopped = after(...live, { type: 'picture', isStopped: true })
  expect(playerView(stopped)).toEqual({ view: 'live', reason: 'pictureStopped' })
  expect(isWanted(stopped)).toBe(true)
  const moving = then(stopped, { type: 'picture', isStopped: false })
  expect(playerView(moving)).toEqual({ view: 'live', reason: 'live' })
})

test('a stopped picture is forgotten with its track, its host, or the room', () => {
  const stopped = after(...live, { type: 'picture', isStopped: true })
  const ends: PlayerEvent[] = [
    { type: 'trackGone', kind: 'video' },
    { type: 'track', kind: 'video' },
    { type: 'blankFrame' },
    hostLeft,
    { type: 'left' },
  ]
  for (const end of ends) {
    const back = then(stopped, end, { type: 'joined' }, ...video)
    expect(playerView(back).reason).toBe('live')
  }
})

test('a picture can only stop after its first frame', () => {
  const waiting = after(...live.slice(0, -1), { type: 'picture', isStopped: true })
  expect(then(waiting, { type: 'frame' }).isPictureStopped).toBe(false)
})

test('a blank frame is no picture: the wait starts, and ends with the next real frame', () => {
  const blank = after(...live, { type: 'blankFrame' })
  expect(playerView(blank)).toEqual({ view: 'reconnecting', reason: 'resuming' })
  expect(then(blank, { type: 'blankFrame' })).toBe(blank)
  expect(playerView(then(blank, { type: 'frame' })).view).toBe('live')
})

test('a blank frame after an announced end starts no wait', () => {
  const ended = after(...live, announced('offline'), { type: 'blankFrame' }, hostLeft)
  expect(playerView(ended)).toEqual({ view: 'offline', reason: 'offline' })
})

test('a viewer who rejoins while the host is there reads nothing of a drop', () => {
  const rejoining = after(...live, { type: 'left' }, { type: 'joining' })
  const words = [rejoining]
  for (const event of [{ type: 'host', isHere: true }, { type: 'joined' }] as const) {
    words.push(then(words.at(-1) ?? rejoining, event))
  }
  expect(words.map((state) => playerView(state).reason)).toEqual([
    'resuming',
    'resuming',
    'resuming',
  ])
})

test('at the end of a broadcast, no viewer reads that the host will be back', () => {
  const left = after(...live, hostLeft)
  expect([left, then(left, announced('offline'))].map((state) => playerView(state).reason)).toEqual(
    ['resuming', 'offline'],
  )
})
