// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { useHome } from '../features/channels/useHome'
import { siteNotice } from '../lib/siteNotice'
import Notices from './Notices'

afterEach(() => {
  render(null, document.body)
  vi.unstubAllGlobals()
  siteNotice.set(null)
})

function List() {
  useHome()
  return null
}

test('the list of channels brings the notice of the site, which is text and no markup', async () => {
  const notice = { text: '<b>Maintenance</b> at 22:00 UTC', at: '2026-11-30T12:00:00.000Z' }
  const home = { streams: [], following: [], recommended: [], notice, next: null }
  vi.stubGlobal('fetch', async (request: Request) =>
    request.url.includes('/api/pages/home')
      ? new Response(JSON.stringify(home))
      : new Response('', { status: 401 }),
  )
  act(() =>
    render(
      <>
        <List />
        <Notices news={null} me={null} />
      </>,
      document.body,
    ),
  )
  expect(document.querySelector('[role="status"]')).toBeNull()
  await vi.waitFor(() =>
    expect(document.querySelector('[role="status"]')?.textContent).toBe(notice.text),
  )
})
