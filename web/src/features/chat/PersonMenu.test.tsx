// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, expect, test, vi } from 'vitest'
import PersonMenu from './PersonMenu'
import type { Role } from './participants'
import * as strings from './strings'

afterEach(() => {
  render(null, document.body)
  vi.unstubAllGlobals()
})

/** Open the menu of `eve`, of whose timeout this page has seen nothing, while the API lists these people. */
async function open(role: Role, ...timedOut: string[]) {
  const asked: string[] = []
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(new URL(request.url).pathname)
    return new Response(JSON.stringify({ timeouts: timedOut.map((viewerId) => ({ viewerId })) }))
  })
  await act(() =>
    render(
      <PersonMenu
        host="ann"
        subject={{
          person: { viewerId: 'eve', name: 'eve', role: 'viewer' },
          message: null,
          opener: document.createElement('button'),
        }}
        me={{ viewerId: 'bob', role }}
        isTimedOut={false}
        onMention={() => {}}
        onClose={() => {}}
        onAsk={() => {}}
      />,
      document.body,
    ),
  )
  const items = () =>
    [...document.querySelectorAll('[role="menuitem"]')].map((item) => item.textContent)
  return { asked, items }
}

test('a moderator can end a timeout that began before the page was opened', async () => {
  const { items } = await open('moderator', 'eve')
  await vi.waitFor(() => expect(items()).toContain(strings.endTimeout))
})

test('the menu of someone who is in no timeout does not offer to end one', async () => {
  const { asked, items } = await open('moderator', 'dan')
  await vi.waitFor(() => expect(asked).toEqual(['/api/chat/ann/timeouts']))
  await act(async () => {})
  expect(items()).toContain(strings.timeOut)
  expect(items()).not.toContain(strings.endTimeout)
})

test("a viewer's menu does not ask for timeouts", async () => {
  const { asked, items } = await open('viewer', 'eve')
  expect(items()).toContain(strings.mention('eve'))
  expect(asked).toEqual([])
})
