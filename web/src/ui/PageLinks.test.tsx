// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, expect, test } from 'vitest'
import { config } from '../lib/config'
import { PageLinks } from './PageLinks'

const SETTINGS = config.get()

afterEach(() => {
  render(null, document.body)
  config.set(SETTINGS)
})

const links = () => [...document.querySelectorAll('a')].map((link) => link.getAttribute('href'))

test('only pages that exist are linked, and the browser follows the links', () => {
  act(() => render(<PageLinks />, document.body))
  expect(document.body.innerHTML).toBe('')

  act(() => config.set({ ...SETTINGS, pages: { terms: 'Rules', imprint: 'Imprint' } }))
  expect(links()).toEqual(['/terms', '/imprint'])
  expect(document.body.textContent).toContain('Rules')
  // The router ignores links with a target, because the pages are files.
  expect(document.querySelectorAll('a[target="_top"]')).toHaveLength(2)
})

test('a dialog links only the pages that it names', () => {
  config.set({ ...SETTINGS, pages: { terms: 'Rules', imprint: 'Imprint' } })
  act(() => render(<PageLinks names={['terms', 'privacy']} target="_blank" />, document.body))
  expect(links()).toEqual(['/terms'])
})
