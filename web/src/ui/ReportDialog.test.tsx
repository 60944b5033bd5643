// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import { config } from '../lib/config'
import { ReportDialog } from './ReportDialog'
import * as strings from './report.strings'

const REPORTED = { channel: 'bob', message: { id: 'm1', author: 'eve' } }

afterEach(() => {
  render(null, document.body)
  vi.unstubAllGlobals()
  config.set({ siteName: 'Footlight', livekitUrl: null })
})

/** Open the dialog at an API that responds with these codes, one after another. */
function open(...codes: string[]) {
  const bodies: unknown[] = []
  const onClose = vi.fn()
  vi.stubGlobal('fetch', async (request: Request) => {
    if (!request.url.endsWith('/api/reports')) return new Response('', { status: 401 })
    bodies.push(await request.json())
    const error = { code: codes.shift(), message: '', requestId: 'r' }
    return error.code
      ? new Response(JSON.stringify({ error }), { status: 429 })
      : new Response(JSON.stringify({ id: 'x' }), { status: 201 })
  })
  act(() => render(<ReportDialog reported={REPORTED} onClose={onClose} />, document.body))
  return { bodies, onClose }
}

const press = (label: string) =>
  act(() => {
    const buttons = [...document.querySelectorAll('button')]
    buttons.find(({ textContent }) => textContent === label)?.click()
  })

test('a report needs a reason', () => {
  const { bodies } = open()
  press(strings.send)
  expect(document.body.textContent).toContain(strings.reasonMissing)
  expect(bodies).toEqual([])
})

test('the reason copyright links to the procedure, if the operator has written one', () => {
  const link = () => document.querySelector('a[href="/copyright"]')
  open()
  press(strings.reasons.copyright)
  expect(link()).toBeNull()

  act(() => config.set({ ...config.get(), pages: { terms: 'Terms', copyright: 'Notices' } }))
  expect(link()?.textContent).toBe('Notices')
  expect(document.querySelector('a[href="/terms"]')).toBeNull()
  press(strings.reasons.spam)
  expect(link()).toBeNull()
})

test('a refused report stays open with the reason in words, and can be resent', async () => {
  const { bodies, onClose } = open('rate_limited')
  press(strings.reasons.harassment)
  press(strings.send)
  await vi.waitFor(() => expect(document.body.textContent).toContain(strings.limited))
  expect(onClose).not.toHaveBeenCalled()

  press(strings.send)
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledOnce())
  const body = { username: 'bob', messageId: 'm1', reason: 'harassment', text: null }
  expect(bodies).toEqual([body, body])
})
