import { expect, test } from 'vitest'
import type { Stream } from '../../api/types'
import { applyRoomMetadata } from './roomMetadata'

const stream: Stream = {
  title: 'Tea',
  thumbnail: null,
  state: 'live',
  isLive: true,
  viewerCount: 3,
  startedAt: '2026-11-24T20:00:00.000Z',
  isChatEnabled: true,
  isChatDelayed: false,
  isChatFollowersOnly: false,
  isSignedInOnly: false,
  signedInOnlyUntil: null,
  isForAdults: false,
  chat: {
    delaySeconds: 3,
    followersMinutes: 0,
    isSignedInOnly: false,
    areLinksBlocked: false,
    areRepeatsBlocked: false,
    moderatorIds: [],
  },
  createdAt: '2026-11-01T00:00:00.000Z',
  updatedAt: '2026-11-24T20:00:00.000Z',
}

const applied = (metadata: unknown) => applyRoomMetadata(stream, JSON.stringify(metadata))

test('the fields of the metadata replace those of the stream', () => {
  const metadata = {
    title: 'Cake',
    state: 'offline',
    startedAt: null,
    isChatEnabled: false,
    isChatDelayed: true,
    isChatFollowersOnly: true,
    isSignedInOnly: true,
    signedInOnlyUntil: '2026-11-24T21:00:00Z',
    isForAdults: true,
    chat: {
      delaySeconds: 30,
      followersMinutes: 10,
      isSignedInOnly: true,
      areLinksBlocked: true,
      areRepeatsBlocked: true,
      moderatorIds: ['b'.repeat(32)],
    },
    updatedAt: '2026-11-24T20:00:01Z',
  }
  expect(applied(metadata)).toEqual({ ...stream, ...metadata, isLive: false })
})

test('metadata that is not a JSON object changes nothing', () => {
  for (const metadata of ['', 'live', '{', 'null', '3', '[]', '"live"', '{}']) {
    expect(applyRoomMetadata(stream, metadata)).toBe(stream)
  }
})

test('fields with a wrong type and unknown fields are ignored', () => {
  const metadata = {
    title: 7,
    state: 'paused',
    startedAt: 'yesterday',
    isChatEnabled: 'no',
    isSignedInOnly: null,
    signedInOnlyUntil: true,
    updatedAt: 0,
    viewerCount: 1_000_000,
    thumbnail: 'https://elsewhere.example',
  }
  expect(applied(metadata)).toBe(stream)
  expect(applied({ ...metadata, title: 'Cake' })).toEqual({ ...stream, title: 'Cake' })
})

test('each chat field is checked separately, and fields that only the page has stay', () => {
  const own = { ...stream, chat: { ...stream.chat, blockedWords: ['tea*'] } }
  const chat = { delaySeconds: -1, followersMinutes: 1.5, moderatorIds: [7], areLinksBlocked: true }
  expect(applyRoomMetadata(own, JSON.stringify({ chat })).chat).toEqual({
    ...own.chat,
    areLinksBlocked: true,
  })
  for (const wrong of [null, 'off', [], { moderatorIds: 'all' }]) {
    expect(applied({ chat: wrong })).toBe(stream)
  }
})

test('metadata that is older than the page changes nothing', () => {
  expect(applied({ title: 'Before', updatedAt: '2026-11-24T19:59:59.999Z' })).toBe(stream)
  expect(applied({ title: 'Again', updatedAt: stream.updatedAt }).title).toBe('Again')
})
