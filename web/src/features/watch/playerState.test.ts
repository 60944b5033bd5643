import { expect, test } from 'vitest'
import type { StreamState } from '../../api/types'
import {
  initialState,
  isWanted,
  look,
  type PlayerEvent,
  type PlayerState,
  reduce,
} from './playerState'

const then = (state: PlayerState, ...events: PlayerEvent[]): PlayerState =>
  events.reduce(reduce, state)
const after = (...events: PlayerEvent[]): PlayerState => then(initialState, ...events)
const said = (state: StreamState, isKeptOut = false): PlayerEvent => ({
  type: 'announced',
  state,
  isKeptOut,
})

const joining: PlayerEvent[] = [said('live'), { type: 'joining' }]
const picture: PlayerEvent[] = [
  { type: 'host', here: true },
  { type: 'track', kind: 'video' },
  { type: 'track', kind: 'audio' },
  { type: 'frame' },
]
const live: PlayerEvent[] = [...joining, { type: 'joined' }, ...picture]
const gone: PlayerEvent = { type: 'host', here: false }

test('it loads, without a room, until something is known of the stream', () => {
  expect(isWanted(initialState)).toBe(false)
  expect(look(initialState)).toEqual({ view: 'loading', words: 'connecting' })
  expect(look(after({ type: 'failed' })).words).toBe('unreachable')
})

test('it waits for an offline stream without a room, and joins when it is live or may be back', () => {
  const waiting = after(said('offline'))
  expect(look(waiting)).toEqual({ view: 'offline', words: 'offline' })
  expect(isWanted(waiting)).toBe(false)
  expect(isWanted(then(waiting, said('live')))).toBe(true)
  expect(isWanted(then(waiting, said('reconnecting')))).toBe(true)
})

test('an API that fails while one waits changes nothing', () => {
  expect(look(after(said('offline'), { type: 'failed' })).words).toBe('offline')
})

test('a room that can not be joined is said to be out of reach', () => {
  expect(look(after(...joining)).words).toBe('connecting')
  const failed = after(...joining, { type: 'failed' })
  expect(look(failed)).toEqual({ view: 'loading', words: 'unreachable' })
  expect(isWanted(failed)).toBe(true)
  expect(look(after(...joining, { type: 'refused', refusal: 'limited' })).words).toBe('limited')
})

test('a room without its host is offline', () => {
  expect(look(after(...joining, { type: 'joined' })).view).toBe('offline')
})

test('a host without a picture is loading, and live with the first frame', () => {
  expect(look(after(...live.slice(0, -1)))).toEqual({ view: 'loading', words: 'waitingForPicture' })
  expect(look(after(...live)).view).toBe('live')
})

test('sound alone is live once the picture is overdue', () => {
  const sound = after(
    ...joining,
    { type: 'joined' },
    { type: 'host', here: true },
    { type: 'track', kind: 'audio' },
  )
  expect(look(sound).view).toBe('loading')
  expect(look(then(sound, { type: 'pictureOverdue' })).view).toBe('live')
})

test('an API that is behind does not throw out who sees the host', () => {
  for (const state of ['offline', 'reconnecting'] as const) {
    const told = after(...live, said(state))
    expect(isWanted(told)).toBe(true)
    expect(look(told).view).toBe('live')
  }
})

test('in a drop it stays in the room until it is said to be over, then leaves', () => {
  const dropped = after(...live, gone)
  expect(look(dropped)).toEqual({ view: 'reconnecting', words: 'backSoon' })
  const still = then(dropped, said('reconnecting'))
  expect(look(still).view).toBe('reconnecting')
  expect(isWanted(still)).toBe(true)
  const over = then(still, said('offline'))
  expect(look(over).view).toBe('offline')
  expect(isWanted(over)).toBe(false)
})

test('an end that is told before the host goes is an end', () => {
  const over = after(...live, said('offline'), gone)
  expect(isWanted(over)).toBe(false)
  expect(look(over)).toEqual({ view: 'offline', words: 'offline' })
})

test('a host who comes back undoes what was said of their end', () => {
  const back = after(...live, said('offline'), { type: 'host', here: true }, gone)
  expect(look(back).words).toBe('backSoon')
})

test('old news of being live ends no wait', () => {
  expect(look(after(...live, gone, said('live'))).words).toBe('backSoon')
})

test('somebody who comes during a drop waits too, until the picture is there', () => {
  const came = after(said('reconnecting'), { type: 'joined' })
  expect(look(came)).toEqual({ view: 'reconnecting', words: 'backSoon' })
  const back = then(came, ...picture)
  expect(look(back).view).toBe('live')
  expect(look(then(back, said('reconnecting'))).view).toBe('live')
})

test('the wait ends by itself, and with the next picture', () => {
  const dropped = after(...live, gone)
  const over = then(dropped, { type: 'graceOver' })
  expect(look(over).view).toBe('offline')
  expect(isWanted(over)).toBe(false)
  expect(look(then(dropped, ...picture)).view).toBe('live')
})

test('an interrupted connection resumes what was there', () => {
  const interrupted = after(...live, { type: 'interrupted' })
  expect(look(interrupted)).toEqual({ view: 'reconnecting', words: 'resuming' })
  expect(look(then(interrupted, { type: 'resumed' })).view).toBe('live')
})

test('an interrupted connection is not taken for the end, whoever it seems to have lost', () => {
  const blind = after(...live, said('offline'), gone, { type: 'interrupted' })
  expect(isWanted(blind)).toBe(true)
  expect(isWanted(then(blind, { type: 'resumed' }))).toBe(false)
})

test('a room that was lost is joined again, and resumes', () => {
  const lost = after(...live, { type: 'left' })
  expect(look(lost)).toEqual({ view: 'reconnecting', words: 'resuming' })
  expect(isWanted(lost)).toBe(true)
  expect(look(then(lost, { type: 'joining' }, { type: 'joined' }, ...picture)).view).toBe('live')
})

test('a refused viewer sees an offline player, and nothing that was there before', () => {
  const refused = after(...live, { type: 'refused', refusal: 'notFound' })
  expect(look(refused).view).toBe('offline')
  expect(refused.hasVideo).toBe(false)
})

test('who is kept out hears why, before and while they watch, and is let in when that is over', () => {
  const signedInOnly = { view: 'offline', words: 'signedInOnly' }
  const atOnce = after(said('live', true))
  const whileWatching = after(...live, said('live', true))
  const byTheToken = after(...live, { type: 'refused', refusal: 'signedInOnly' })
  for (const out of [atOnce, whileWatching, byTheToken]) {
    expect(look(out)).toEqual(signedInOnly)
    expect(isWanted(out)).toBe(false)
    expect(isWanted(then(out, said('live')))).toBe(true)
  }
})
