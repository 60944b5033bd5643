import { expect, test } from 'vitest'
import { usernameOf } from './UsernameDialog'

test.each([
  [' José B ', 'jose_b'],
  ['jose\u0301', 'jose'],
  ['Łódź', 'łodz'],
  ['z\u0336\u0489oe', 'z\u0336\u0489oe'],
  ['ｂｏｂ', 'ｂｏｂ'],
])('%s is closest to %s', (typed, username) => {
  expect(usernameOf(typed)).toBe(username)
})
