import { expect, test } from 'vitest'
import { Refusal } from '../../lib/refusal'
import { keyFault } from './keyFault'

test('a cap of the site is not called a rate limit', () => {
  const refusal = new Refusal(429, 'cap_reached', '', 60_000)
  expect(keyFault(refusal)).toBe('You can’t go live now, because of a limit of the site.')
})
