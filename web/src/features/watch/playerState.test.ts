import { expect, test } from 'vitest'
import { initialState, look, type PlayerEvent, type PlayerState, reduce } from './playerState'

const after = (...events: PlayerEvent[]): PlayerState => events.reduce(reduce, initialState)

const live: PlayerEvent[] = [
  { type: 'joining' },
  { type: 'joined' },
  { type: 'host', here: true },
  { type: 'track', kind: 'video' },
  { type: 'track', kind: 'audio' },
  { type: 'frame' },
]

test('it loads until the room is joined, and is offline in a room without its host', () => {
  expect(look(initialState).view).toBe('loading')
  expect(look(after({ type: 'joining' }, { type: 'joined' })).view).toBe('offline')
})

test('a host without a picture is loading, and live with the first frame', () => {
  expect(look(after(...live.slice(0, -1)))).toEqual({ view: 'loading', words: 'waitingForPicture' })
  expect(look(after(...live)).view).toBe('live')
})

test('sound alone is live once the picture is overdue', () => {
  const sound = after(
    { type: 'joined' },
    { type: 'host', here: true },
    { type: 'track', kind: 'audio' },
  )
  expect(look(sound).view).toBe('loading')
  expect(look(reduce(sound, { type: 'pictureOverdue' })).view).toBe('live')
})

test('a host who leaves a running picture is awaited until the API says it is over', () => {
  const gone = after(...live, { type: 'host', here: false })
  expect(look(gone)).toEqual({ view: 'reconnecting', words: 'backSoon' })
  const still = reduce(gone, { type: 'announced', state: 'reconnecting' })
  expect(look(still).view).toBe('reconnecting')
  expect(look(reduce(still, { type: 'announced', state: 'offline' })).view).toBe('offline')
})

test('somebody who comes during a drop waits too, until the picture is there', () => {
  const came = after({ type: 'announced', state: 'reconnecting' }, { type: 'joined' })
  expect(look(came)).toEqual({ view: 'reconnecting', words: 'backSoon' })
  const back = [...live.slice(2)].reduce(reduce, came)
  expect(look(back).view).toBe('live')
  expect(look(reduce(back, { type: 'announced', state: 'reconnecting' })).view).toBe('live')
})

test('the wait ends by itself, and with the next picture', () => {
  const gone = after(...live, { type: 'host', here: false })
  expect(look(reduce(gone, { type: 'graceOver' })).view).toBe('offline')
  expect(look([...live.slice(2)].reduce(reduce, gone)).view).toBe('live')
})

test('an interrupted connection resumes what was there', () => {
  const interrupted = after(...live, { type: 'interrupted' })
  expect(look(interrupted)).toEqual({ view: 'reconnecting', words: 'resuming' })
  expect(look(reduce(interrupted, { type: 'resumed' })).view).toBe('live')
})

test('somebody who waits for a stream does not hear of each new try to join', () => {
  const waiting = after({ type: 'joining' }, { type: 'joined' }, { type: 'left' })
  expect(look(reduce(waiting, { type: 'joining' })).view).toBe('offline')
})

test('a refused viewer sees an offline player, and nothing that was there before', () => {
  const refused = after(...live, { type: 'refused', refusal: 'notFound' })
  expect(look(refused).view).toBe('offline')
  expect(refused.hasVideo).toBe(false)
})
