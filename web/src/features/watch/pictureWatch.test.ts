import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Joined } from '../../lib/joinRoom'
import {
  type Counters,
  INITIAL_WATCH,
  nextWatch,
  type PictureWatch,
  watchPicture,
} from './pictureWatch'

const STEP_MS = 2_000
const count = (framesDecoded: number, bytesReceived: number) => ({
  framesDecoded,
  bytesReceived,
})
/** Sample the counters, one after the other. */
const sampled = (...samples: (Counters | null)[]): PictureWatch =>
  samples.reduce(
    (watch, counters, index) => nextWatch(watch, counters, (index + 1) * STEP_MS),
    INITIAL_WATCH,
  )
const still = count(90, 5_000)

test('a picture without frames and bytes has stopped after five seconds', () => {
  expect(sampled(still, still, still).isStopped).toBe(false)
  expect(sampled(still, still, still, still).isStopped).toBe(true)
})

test('a still that keeps arriving has not stopped', () => {
  const frames = [0, 1, 2, 3, 4, 5].map((frame) => count(90 + frame, 5_000))
  const bytes = [0, 1, 2, 3, 4, 5].map((size) => count(90, 5_000 + size))
  expect(sampled(...frames).isStopped).toBe(false)
  expect(sampled(...bytes).isStopped).toBe(false)
})

test('a source with a frame every four seconds has not stopped', () => {
  const slow = [0, 0, 1, 1, 2, 2, 3, 3].map((frame) => count(frame, frame * 900))
  for (let samples = 1; samples <= slow.length; samples += 1) {
    expect(sampled(...slow.slice(0, samples)).isStopped).toBe(false)
  }
})

test('the notice goes with the next frame', () => {
  expect(sampled(still, still, still, still, count(91, 5_100)).isStopped).toBe(false)
})

test('a picture that the page does not want has not stopped', () => {
  const nothing = Array.from({ length: 9 }, () => null)
  expect(sampled(...nothing).isStopped).toBe(false)
  expect(sampled(still, ...nothing, still, still).isStopped).toBe(false)
  expect(sampled(still, ...nothing, still, still, still).isStopped).toBe(true)
})

test('a notice survives a visit to another tab, until the picture moves', () => {
  const noticed = [still, still, still, still]
  expect(sampled(...noticed, null, null, still).isStopped).toBe(true)
  expect(sampled(...noticed, null, null, count(91, 6_000)).isStopped).toBe(false)
})

test('a new track starts over', () => {
  expect(sampled(still, still, still, still, count(0, 0)).isStopped).toBe(false)
})

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function aRoom() {
  const counters = { ...still }
  const publication = {
    isEnabled: true,
    track: { getReceiverStats: async () => ({ ...counters }) },
  }
  const host = { videoTrackPublications: new Map([['TR', publication]]) }
  const remoteParticipants = new Map([['ann', host]])
  const joined = { room: { remoteParticipants }, viewerToken: { room: 'ann' } }
  return { counters, publication, remoteParticipants, joined: joined as unknown as Joined }
}

function watching() {
  const page = { hidden: false }
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', globalThis)
  const room = aRoom()
  const reports: boolean[] = []
  const end = watchPicture(room.joined, (event) => {
    if (event.type === 'picture') reports.push(event.isStopped)
  })
  return { ...room, page, reports, end, wait: (ms: number) => vi.advanceTimersByTimeAsync(ms) }
}

test('it reports a stop of the receiver within eight seconds, and its end', async () => {
  const { counters, reports, wait, end } = watching()
  await wait(8_000)
  expect(reports).toEqual([true])
  counters.framesDecoded += 1
  await wait(2_000)
  expect(reports).toEqual([true, false])
  end()
})

test.each(['a hidden page', 'a paused track', 'no host'])(
  'it reports nothing with %s',
  async (what) => {
    const { page, publication, remoteParticipants, reports, wait, end } = watching()
    if (what === 'a hidden page') page.hidden = true
    else if (what === 'a paused track') publication.isEnabled = false
    else remoteParticipants.clear()
    await wait(60_000)
    expect(reports).toEqual([])
    end()
  },
)

test('its end takes the notice away', async () => {
  const { reports, wait, end } = watching()
  await wait(10_000)
  end()
  await wait(10_000)
  expect(reports).toEqual([true, false])
})
