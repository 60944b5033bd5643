import { expect, test } from 'vitest'
import { packetOf } from './message'

const ANN = 'a'.repeat(32)
const packet = (told: unknown) =>
  packetOf(new TextEncoder().encode(typeof told === 'string' ? told : JSON.stringify(told)))

test('packets of the server are understood', () => {
  const from = { identity: `Host-${ANN}:aaaaaaaa`, name: 'ann', role: 'host' }
  const said = { id: 'm1', text: 'Hello', sentAt: 5, from, links: [] }
  expect(packet({ type: 'message', ...said })).toEqual({
    type: 'message',
    message: { ...said, viewerId: ANN },
  })
  expect(packet({ type: 'deleted', id: 'm1' })).toEqual({ type: 'deleted', id: 'm1' })
  expect(packet({ type: 'purged', viewerId: ANN, at: 6 })).toEqual({
    type: 'purged',
    viewerId: ANN,
    at: 6,
    until: null,
  })
  expect(packet({ type: 'cleared', at: 7 })).toEqual({ type: 'cleared', at: 7 })
  expect(packet({ type: 'timedOut', viewerId: ANN, at: 6, until: '1970-01-01T00:00:01Z' })).toEqual(
    {
      type: 'timedOut',
      viewerId: ANN,
      at: 6,
      until: 1000,
    },
  )
  expect(packet({ type: 'timedOut', viewerId: ANN, at: 6, until: null })).toMatchObject({
    until: null,
  })
})

test('what is no packet of ours says nothing', () => {
  const from = { identity: `${ANN}:aaaaaaaa`, name: 'ann', role: 'viewer' }
  for (const told of [
    '',
    '{',
    'null',
    '[]',
    { type: 'reaction', id: 'm1' },
    { type: 'deleted' },
    { type: 'cleared', at: 'now' },
    { type: 'purged', viewerId: ANN },
    { type: 'timedOut', viewerId: ANN, at: 6 },
    { type: 'timedOut', viewerId: ANN, at: 6, until: 'soon' },
    { type: 'timedOut', viewerId: ANN, until: null },
    { type: 'timedOut', at: 6, until: null },
    { type: 'message', id: 'm1', text: 'Hello', sentAt: 5, links: [] },
    { type: 'message', id: 'm1', text: { html: '<b>' }, sentAt: 5, from, links: [] },
    { type: 'message', id: 'm1', text: 'Hello', sentAt: '5', from, links: [] },
  ]) {
    expect(packet(told)).toBeNull()
  }
})
