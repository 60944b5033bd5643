// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, expect, test } from 'vitest'
import { Composer } from './Composer'
import * as strings from './strings'

afterEach(() => {
  render(null, document.body)
  sessionStorage.clear()
})

/** Show a composer. The returned function shows it again with another state of the chat. */
function show() {
  const written: string[] = []
  const update = (isReady: boolean) =>
    act(() =>
      render(
        <Composer
          handle={{ current: null }}
          host="ann"
          gate={null}
          isReady={isReady}
          guestName={null}
          early={null}
          follow={null}
          onWrite={(text) => written.push(text)}
          onDrop={() => {}}
        />,
        document.body,
      ),
    )
  const field = () => document.querySelector('textarea') as HTMLTextAreaElement
  const write = async (text: string) => {
    await act(() => {
      field().value = text
      field().dispatchEvent(new Event('input', { bubbles: true }))
    })
    await act(() => {
      document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
    })
  }
  return { written, update, field, write }
}

test('before the chat has loaded, the field says so, and a message waits in it', async () => {
  const { written, update, field, write } = show()
  await update(false)
  expect(field().placeholder).toBe(strings.connecting)
  await write('tea')
  expect([written, field().value]).toEqual([[], 'tea'])
  expect(document.body.textContent).toContain(strings.sendsOnceConnected)

  await update(true)
  expect([written, field().value]).toEqual([['tea'], ''])
  expect(field().placeholder).toBe(strings.sendMessage)
})

test('a message that is changed while it waits is not sent on its own', async () => {
  const { written, update, field, write } = show()
  await update(false)
  await write('tea')
  await act(() => {
    field().value = 'tea?'
    field().dispatchEvent(new Event('input', { bubbles: true }))
  })
  await update(true)
  expect([written, field().value]).toEqual([[], 'tea?'])
})
