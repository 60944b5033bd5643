import { expect, test } from 'vitest'
import { figuresBetween, readingOf } from './statistics'

const report = (...entries: object[]) =>
  new Map(entries.map((entry, index) => [String(index), entry])) as unknown as RTCStatsReport

const VIDEO = {
  type: 'inbound-rtp',
  kind: 'video',
  bytesReceived: 1_000,
  packetsReceived: 10,
  packetsLost: 1,
  framesDecoded: 5,
  frameWidth: 640,
  frameHeight: 360,
  jitterBufferDelay: 1,
  jitterBufferEmittedCount: 5,
}
const AUDIO = {
  type: 'inbound-rtp',
  kind: 'audio',
  bytesReceived: 200,
  packetsReceived: 20,
  packetsLost: 0,
  jitterBufferDelay: 99,
}
const PAIR = {
  type: 'candidate-pair',
  nominated: true,
  state: 'succeeded',
  currentRoundTripTime: 0.04,
  localCandidateId: '1',
}

test('picture and sound are summed, and the rest is of the picture', () => {
  const reading = readingOf([report(VIDEO, { protocol: 'udp' }, PAIR), report(AUDIO)], 7)
  expect(reading).toEqual({
    atMs: 7,
    bytes: 1_200,
    packets: 30,
    lostPackets: 1,
    frames: 5,
    bufferSeconds: 1,
    buffered: 5,
    width: 640,
    height: 360,
    roundTripSeconds: 0.04,
    transport: 'UDP',
  })
})

test.each([
  [{ candidateType: 'host', protocol: 'tcp' }, 'TCP'],
  [{ candidateType: 'relay', protocol: 'udp', relayProtocol: 'tls' }, 'TURN, TLS'],
  [{ candidateType: 'relay', protocol: 'udp' }, 'TURN, UDP'],
  [{}, null],
])('the transport of %o is %s', (candidate, transport) => {
  expect(readingOf([report(VIDEO, candidate, PAIR)], 0).transport).toBe(transport)
})

const before = readingOf([report(VIDEO, {}, PAIR)], 10_000)

test('figures are rates between two readings', () => {
  const after = {
    ...before,
    atMs: 12_000,
    bytes: before.bytes + 250_000,
    packets: before.packets + 190,
    lostPackets: before.lostPackets + 10,
    frames: before.frames + 60,
    bufferSeconds: before.bufferSeconds + 6,
    buffered: before.buffered + 60,
  }
  expect(figuresBetween(before, after)).toMatchObject({
    width: 640,
    height: 360,
    framesPerSecond: 30,
    bitsPerSecond: 1_000_000,
    megabytesPerHour: 450,
    lostPercent: 5,
    delayMs: expect.closeTo(120),
  })
})

test('nothing received is no loss and no delay', () => {
  const after = { ...before, atMs: 11_000 }
  expect(figuresBetween(before, after)).toMatchObject({ lostPercent: 0, delayMs: null })
})

test('counters that started over give no figures', () => {
  expect(figuresBetween(before, { ...before, atMs: 11_000, bytes: 0 })).toBeNull()
  expect(figuresBetween(before, before)).toBeNull()
})
