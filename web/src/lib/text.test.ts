import { expect, test } from 'vitest'
import { compact, learn, t } from './text'

test('places are filled in', () => {
  expect(t('app.home', { site: 'Footlight' })).toBe('Footlight: home')
})

test('an entry with numbers is chosen by the count, and the count is written out', () => {
  expect(t('channels.viewers', { count: 1 })).toBe('1 viewer')
  expect(t('channels.viewers', { count: 0 })).toBe('0 viewers')
  expect(t('channels.viewers', { count: 12_500 })).toBe('12,500 viewers')
})

test('words that came later are known; before, the key itself is shown', () => {
  expect(t('social.follow')).toBe('social.follow')
  learn({ 'social.follow': 'Follow' })
  expect(t('social.follow')).toBe('Follow')
})

test('large counts are short', () => {
  expect(compact(950)).toBe('950')
  expect(compact(1_234)).toBe('1.2K')
})
