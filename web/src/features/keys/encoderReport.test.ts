import { expect, test } from 'vitest'
import type { Encoder, InputType, OverCap } from '../../api/types'
import { encoderReport } from './encoderReport'

const STARTED = '2026-11-24T21:40:00Z'
const started = Date.parse(STARTED)
const VIDEO = {
  mimeType: 'video/H264',
  width: 1280,
  height: 720,
  framerate: 29.97,
  averageBitrate: 0,
}
const AUDIO = { mimeType: 'audio/aac', channels: 2, sampleRate: 48_000, averageBitrate: 0 }

const PUBLISHING: Encoder = {
  status: 'publishing',
  error: null,
  startedAt: STARTED,
  video: VIDEO,
  audio: AUDIO,
}

function report(
  changes: Partial<Encoder>,
  afterMs = 60_000,
  isPictureStopped = false,
  inputType: InputType = 'rtmp',
  restingUntil: string | null = null,
  isOnAir = false,
  overCap: OverCap | null = null,
  restingFor: OverCap['cap'] | null = null,
) {
  return encoderReport(
    { ...PUBLISHING, ...changes },
    {
      inputType,
      nowMs: started + afterMs,
      restingUntil,
      restingFor,
      overCap,
      isPictureStopped,
      isOnAir,
    },
  )
}

test.each([
  ['live_channels', 1, 'The site is at its limit of 1 live channel. Try again when one ends.'],
  [
    'daily_hours',
    4,
    'This channel has used its 4 hours of streaming today. It can stream again at 00:00 UTC.',
  ],
] as const)('a creator over a cap reads why: %s', (cap, limit, advice) => {
  const overCap = { cap, limit, until: null }
  const resting = '2026-11-25T00:00:00Z'
  const stopped = report({ status: 'error' }, 0, false, 'rtmp', resting, false, overCap, cap)
  expect(stopped).toEqual({ tone: 'warning', title: 'You can’t go live now', advice })
  expect(report({ status: 'inactive' }, 0, false, 'rtmp', null, false, overCap).advice).toBe(advice)
  expect(report({}, 0, false, 'rtmp', null, true, overCap).title).toBe('Encoder connected')
})

test('a key that rests for a cap may be turned on when there is a place', () => {
  const resting = '2026-11-24T21:41:00Z'
  const waiting = report(
    { status: 'error' },
    0,
    false,
    'rtmp',
    resting,
    false,
    null,
    'live_channels',
  )
  expect(waiting).toMatchObject({
    title: 'Your broadcast was over a limit of the site',
    isResting: true,
  })
})

test('picture and sound are good, and named', () => {
  expect(report({})).toEqual({
    tone: 'good',
    title: 'Encoder connected',
    received: 'H.264, 1280x720, 30 fps; AAC, stereo, 48 kHz',
  })
})

test('sound alone is never good: a picture in HEVC or AV1 is dropped', () => {
  expect(report({ video: null }, 1_000).tone).toBe('waiting')
  expect(report({ video: null })).toEqual({
    tone: 'warning',
    title: 'No picture arrives, only sound',
    advice: expect.stringContaining('H.264'),
    received: 'AAC, stereo, 48 kHz',
  })
})

test('a picture alone is a warning once sound should have started', () => {
  expect(report({ audio: null }, 1_000).tone).toBe('good')
  expect(report({ audio: null }).tone).toBe('warning')
})

test('a picture that has stopped is not good', () => {
  expect(report({}, 60_000, true).title).toBe('The picture has stopped')
})

test('an encoder that sends nothing usable for a while gets advice', () => {
  const nothing = { status: 'buffering', video: null, audio: null } as const
  expect(report(nothing, 1_000).tone).toBe('waiting')
  expect(report(nothing)).toMatchObject({
    tone: 'warning',
    advice: expect.stringContaining('HEVC'),
  })
})

test('a stream without picture and sound is no stream with sound', () => {
  const empty = { video: null, audio: null }
  expect(report(empty, 1_000).title).toBe('Your encoder is connecting…')
  expect(report(empty).title).toContain('no picture or sound')
})

test.each([
  ['no_capacity', 'full'],
  ['key_off', 'rejected'],
  ['disconnected', 'disconnected'],
  ['not_ready', 'sent nothing'],
  ['format_changed', 'changed'],
  ['timed_out', 'stopped responding'],
  ['no_media', 'No usable'],
  ['unknown', 'could not use'],
] as const)('the fault %s is explained, with its cure', (error, words) => {
  const { tone, title, advice } = report({ status: 'error', error })
  expect(tone).toBe('bad')
  expect(title).toContain(words)
  expect(advice).toBeTruthy()
})

test('the end by the creator is no fault', () => {
  expect(report({ status: 'error', error: 'ended' }).tone).toBe('ended')
})

test('an encoder that was disconnected during a broadcast is to catch up', () => {
  const restarting = report({ status: 'error', error: 'ended' }, 60_000, false, 'rtmp', null, true)
  expect(restarting).toMatchObject({ tone: 'waiting', title: expect.stringContaining('Catching') })
})

test.each([
  ['video/H265', 'HEVC'],
  ['video/AV1', 'AV1'],
  ['video/VP8', 'VP8'],
  ['video/theora', 'theora'],
])('%s is named %s', (mimeType, name) => {
  expect(report({ video: { ...VIDEO, mimeType }, audio: null }).received).toBe(
    `${name}, 1280x720, 30 fps`,
  )
})

test.each([
  [1, 'mono'],
  [6, '5.1'],
  [4, '4 channels'],
])('%i channels are %s', (channels, name) => {
  const audio = { ...AUDIO, mimeType: 'audio/mpeg', channels, sampleRate: 44_100 }
  expect(report({ audio }).received).toContain(`MP3, ${name}, 44.1 kHz`)
})

test('what WHIP does not report is left out, and a bitrate is named if there is one', () => {
  const video = { ...VIDEO, framerate: 0, averageBitrate: 2_400_000 }
  expect(report({ video, audio: null }).received).toBe('H.264, 1280x720; 2.4 Mbit/s')
})

test.each([
  ['undecoded', { tone: 'bad', advice: expect.stringContaining('Max B-frames to 0') }],
  ['rareKeyFrames', { tone: 'warning', advice: expect.stringContaining('Keyframe Interval') }],
  [null, { tone: 'good', title: 'Encoder connected' }],
] as const)('a fault of WHIP video that this page sees is named: %s', (videoFault, expected) => {
  const context = { nowMs: started + 60_000, restingUntil: null, videoFault }
  expect(encoderReport(PUBLISHING, { ...context, inputType: 'whip' })).toMatchObject(expected)
  // LiveKit Ingress encodes RTMP's video again, and sends a key frame to each new viewer.
  const rtmp = encoderReport(PUBLISHING, { ...context, inputType: 'rtmp' })
  expect(rtmp).toMatchObject({ tone: 'good', title: 'Encoder connected' })
})

const rests = (status: Encoder['status'], leftMs: number) =>
  report(
    { status, error: status === 'error' ? 'key_off' : null },
    60_000,
    false,
    'rtmp',
    new Date(started + 60_000 + leftMs).toISOString(),
  )

test.each(['inactive', 'error', 'complete'] as const)('a key that rests says so: %s', (status) => {
  const resting = rests(status, 41_500)
  expect(resting).toMatchObject({ tone: 'ended', isResting: true })
  expect(resting.advice).toContain('42 seconds')
})

test('a rest that has ended says that the key works in a moment', () => {
  expect(rests('inactive', -1).advice).toContain('in a moment')
})

test('an encoder that is connected is no rest', () => {
  expect(rests('publishing', 30_000)).toMatchObject({ tone: 'good' })
  expect(rests('publishing', 30_000).isResting).toBeUndefined()
})
