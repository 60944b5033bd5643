import { expect, test } from 'vitest'
import { community, mayDelete, mayModerate, type Role, roleOf, viewerOf } from './people'

const ANN = 'a'.repeat(32)
const BOB = 'b'.repeat(32)
const GUEST = '0b8f2c0e-5a1c-4b53-9f5c-1f1b2c3d4e5f'

test('an identity says who it is', () => {
  expect(viewerOf(`Host-${ANN}:abcdefgh`)).toBe(ANN)
  expect(viewerOf(`${GUEST}:abcdefgh`)).toBe(GUEST)
  expect(roleOf(`Host-${ANN}:abcdefgh`, [])).toBe('host')
  expect(roleOf(`${GUEST}:abcdefgh`, [])).toBe('guest')
  expect(roleOf(`${BOB}:abcdefgh`, [])).toBe('viewer')
  expect(roleOf(`${BOB}:abcdefgh`, [ANN, BOB])).toBe('moderator')
})

test('everyone is there once: host, moderators, the rest by name', () => {
  const there = [
    { identity: ANN, name: 'ann' },
    { identity: `${GUEST}:aaaaaaaa`, name: 'guest-12' },
    { identity: 'd:aaaaaaaa', name: 'dan' },
    { identity: 'd:bbbbbbbb', name: 'dan' },
    { identity: 'c:aaaaaaaa', name: 'Cleo' },
    { identity: `${BOB}:aaaaaaaa`, name: 'zoe' },
    { identity: `Host-${ANN}:aaaaaaaa`, name: 'ann' },
  ]
  expect(community(there, [BOB]).map(({ name, role }) => `${name} ${role}`)).toEqual([
    'ann host',
    'zoe moderator',
    'Cleo viewer',
    'dan viewer',
    'guest-12 guest',
  ])
})

test('who sends the picture is there, whether or not they look at it', () => {
  expect(community([{ identity: ANN, name: 'ann' }], [])).toEqual([
    { viewerId: ANN, name: 'ann', role: 'host' },
  ])
})

test('nobody acts on the host or on themselves, and no moderator on another', () => {
  const roles: Role[] = ['host', 'moderator', 'viewer', 'guest']
  const allowed = roles.map((mine) =>
    roles.filter((theirs) =>
      mayModerate({ viewerId: 'me', role: mine }, { viewerId: 'them', role: theirs }),
    ),
  )
  expect(allowed).toEqual([['moderator', 'viewer', 'guest'], ['viewer', 'guest'], [], []])
  expect(mayModerate({ viewerId: 'me', role: 'host' }, { viewerId: 'me', role: 'host' })).toBe(
    false,
  )
  const me = { viewerId: 'me', role: 'moderator' as Role }
  expect(mayDelete(me, me)).toBe(true)
  expect(mayDelete({ ...me, role: 'viewer' }, { ...me, role: 'viewer' })).toBe(false)
})
