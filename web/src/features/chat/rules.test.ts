import { expect, test } from 'vitest'
import type { Role } from './participants'
import { type ChatStream, countCharacters, gateOf, rulesOf } from './rules'

const open: ChatStream = {
  state: 'live',
  isChatEnabled: true,
  isChatDelayed: false,
  isChatFollowersOnly: false,
  chat: {
    delaySeconds: 3,
    followersMinutes: 0,
    isSignedInOnly: false,
    areLinksBlocked: false,
    areRepeatsBlocked: false,
    moderatorIds: [],
  },
}
const NOW = 1_000_000
const gate = (stream: Partial<ChatStream>, role: Role, reader = {}) =>
  gateOf(
    { ...open, ...stream },
    { role, isFollowing: false, timedOutUntil: null, newFollowerUntil: null, ...reader },
    NOW,
  )

test('the banner lists the rules that apply', () => {
  expect(rulesOf(open)).toEqual([])
  expect(rulesOf({ ...open, isChatDelayed: true, isChatFollowersOnly: true })).toEqual([
    { rule: 'followers', minutes: 0 },
    { rule: 'slow', seconds: 3 },
  ])
  const chat = {
    ...open.chat,
    isSignedInOnly: true,
    areLinksBlocked: true,
    areRepeatsBlocked: true,
  }
  expect(rulesOf({ ...open, chat }).map(({ rule }) => rule)).toEqual([
    'signedIn',
    'noLinks',
    'noRepeats',
  ])
})

test('no one may write while the chat is off or the host is offline, and all may while the host is back soon', () => {
  for (const role of ['host', 'moderator', 'viewer', 'guest'] as const) {
    expect(gate({ isChatEnabled: false }, role)).toEqual({ why: 'off' })
    expect(gate({ state: 'offline' }, role)).toEqual({ why: 'offline' })
    expect(gate({ state: 'reconnecting' }, role)).toBeNull()
  }
})

test('the rules apply to viewers and guests', () => {
  const strict = { isChatFollowersOnly: true, chat: { ...open.chat, isSignedInOnly: true } }
  expect(gate(strict, 'host')).toBeNull()
  expect(gate(strict, 'moderator')).toBeNull()
  expect(gate(strict, 'guest')).toEqual({ why: 'signedIn' })
  expect(gate(strict, 'viewer')).toEqual({ why: 'follow' })
  expect(gate(strict, 'viewer', { isFollowing: true })).toBeNull()
  const young = { isFollowing: true, newFollowerUntil: NOW + 5 }
  expect(gate(strict, 'viewer', young)).toEqual({ why: 'followLonger', until: NOW + 5 })
})

test('a timeout ends on its own', () => {
  expect(gate({}, 'guest', { timedOutUntil: NOW + 1 })).toEqual({ why: 'timedOut', until: NOW + 1 })
  expect(gate({}, 'guest', { timedOutUntil: NOW })).toBeNull()
})

test('characters are code points, without surrounding white space', () => {
  expect(countCharacters('  🎪é ')).toBe(2)
})
