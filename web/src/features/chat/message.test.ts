import { expect, test } from 'vitest'
import { parsePacket } from './message'

const ANN = 'a'.repeat(32)
const packet = (content: unknown) =>
  parsePacket(
    new TextEncoder().encode(typeof content === 'string' ? content : JSON.stringify(content)),
  )

test("the server's packets are parsed", () => {
  const from = { identity: `Host-${ANN}:aaaaaaaa`, name: 'ann', role: 'host' }
  const message = { id: 'm1', text: 'Hello', sentAt: 5, from, links: [] }
  expect(packet({ type: 'message', ...message })).toEqual({
    type: 'message',
    message: { ...message, viewerId: ANN },
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

test('an invalid packet is ignored', () => {
  const from = { identity: `${ANN}:aaaaaaaa`, name: 'ann', role: 'viewer' }
  for (const content of [
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
    expect(packet(content)).toBeNull()
  }
})
