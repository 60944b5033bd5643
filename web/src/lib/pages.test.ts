import { expect, test } from 'vitest'
import { withFirst as merged, type Page } from './pages'

const list = (ids: string, next: string | null): Page<string> => ({ next, items: [...ids] })
const withFirst = (first: Page<string>, before: Page<string> | undefined) =>
  merged(first, before, (id) => id)
const ids = ({ items }: Page<string>) => items.join('')

test('the first load returns the first page', () => {
  expect(withFirst(list('cb', 'b'), undefined)).toEqual(list('cb', 'b'))
})

test('new items come first, and the pages that were loaded stay', () => {
  const both = withFirst(list('dc', 'c'), list('cba', null))
  expect(ids(both)).toBe('dcba')
  expect(both.next).toBeNull()
})

test('older pages are dropped if items between them and the first page could be missing', () => {
  const fresh = withFirst(list('fe', 'e'), list('cba', null))
  expect(ids(fresh)).toBe('fe')
  expect(fresh.next).toBe('e')
})

test('the first item joins an empty list', () => {
  expect(ids(withFirst(list('a', null), list('', null)))).toBe('a')
})
