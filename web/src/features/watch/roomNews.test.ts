import { expect, test } from 'vitest'
import type { Stream } from '../../api/types'
import { withNews } from './roomNews'

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

const told = (metadata: unknown) => withNews(stream, JSON.stringify(metadata))

test('what the room says is what the page shows', () => {
  const news = {
    title: 'Cake',
    state: 'offline',
    startedAt: null,
    isChatEnabled: false,
    isChatDelayed: true,
    isChatFollowersOnly: true,
    isSignedInOnly: true,
    signedInOnlyUntil: '2026-11-24T21:00:00Z',
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
  expect(told(news)).toEqual({ ...stream, ...news, isLive: false })
})

test('what is no JSON, or no object, says nothing', () => {
  for (const metadata of ['', 'live', '{', 'null', '3', '[]', '"live"', '{}']) {
    expect(withNews(stream, metadata)).toBe(stream)
  }
})

test('fields of a wrong type and fields that are not known are passed over', () => {
  const news = {
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
  expect(told(news)).toBe(stream)
  expect(told({ ...news, title: 'Cake' })).toEqual({ ...stream, title: 'Cake' })
})

test('of the chat each field is looked at by itself, and what the page alone knows stays', () => {
  const own = { ...stream, chat: { ...stream.chat, blockedWords: ['tea*'] } }
  const chat = { delaySeconds: -1, followersMinutes: 1.5, moderatorIds: [7], areLinksBlocked: true }
  expect(withNews(own, JSON.stringify({ chat })).chat).toEqual({
    ...own.chat,
    areLinksBlocked: true,
  })
  for (const wrong of [null, 'off', [], { moderatorIds: 'all' }]) {
    expect(told({ chat: wrong })).toBe(stream)
  }
})

test('news that are older than the page change nothing', () => {
  expect(told({ title: 'Before', updatedAt: '2026-11-24T19:59:59.999Z' })).toBe(stream)
  expect(told({ title: 'Again', updatedAt: stream.updatedAt }).title).toBe('Again')
})
