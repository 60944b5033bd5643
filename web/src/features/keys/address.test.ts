import { expect, test } from 'vitest'
import type { Ingress } from '../../api/types'
import { addressWithKey } from './address'

test.each([
  ['rtmp://live.example.com/live', 'rtmp://live.example.com/live/key'],
  ['rtmps://live.example.com:443/x/', 'rtmps://live.example.com:443/x/key'],
  ['https://live.example.com/w', 'https://live.example.com/w/key'],
])('the key follows the server %s', (serverUrl, address) => {
  expect(addressWithKey({ serverUrl, streamKey: 'key' } as Ingress)).toBe(address)
})
