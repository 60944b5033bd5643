import { expect, test } from 'vitest'
import { listPeople, mayDelete, mayModerate, type Role, roleOf, viewerIdOf } from './participants'

const ANN = 'a'.repeat(32)
const BOB = 'b'.repeat(32)
const GUEST = '0b8f2c0e-5a1c-4b53-9f5c-1f1b2c3d4e5f'

test('an identity has the viewer id and the role', () => {
  expect(viewerIdOf(`Host-${ANN}:abcdefgh`)).toBe(ANN)
  expect(viewerIdOf(`${GUEST}:abcdefgh`)).toBe(GUEST)
  expect(roleOf(`Host-${ANN}:abcdefgh`, [])).toBe('host')
  expect(roleOf(`${GUEST}:abcdefgh`, [])).toBe('guest')
  expect(roleOf(`${BOB}:abcdefgh`, [])).toBe('viewer')
  expect(roleOf(`${BOB}:abcdefgh`, [ANN, BOB])).toBe('moderator')
})

test('each person is listed once: the host, moderators, and the rest by name', () => {
  const participants = [
    { identity: ANN, name: 'ann' },
    { identity: `${GUEST}:aaaaaaaa`, name: 'guest-12' },
    { identity: 'd:aaaaaaaa', name: 'dan' },
    { identity: 'd:bbbbbbbb', name: 'dan' },
    { identity: 'c:aaaaaaaa', name: 'Cleo' },
    { identity: `${BOB}:aaaaaaaa`, name: 'zoe' },
    { identity: `Host-${ANN}:aaaaaaaa`, name: 'ann' },
  ]
  expect(listPeople(participants, [BOB]).map(({ name, role }) => `${name} ${role}`)).toEqual([
    'ann host',
    'zoe moderator',
    'Cleo viewer',
    'dan viewer',
    'guest-12 guest',
  ])
})

test('the host is listed while they send media, even without a tab', () => {
  expect(listPeople([{ identity: ANN, name: 'ann' }], [])).toEqual([
    { viewerId: ANN, name: 'ann', role: 'host' },
  ])
})

test('no one moderates the host or themselves, and no moderator another moderator', () => {
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
