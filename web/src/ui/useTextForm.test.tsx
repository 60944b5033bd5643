// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { expect, test } from 'vitest'
import { useTextForm } from './useTextForm'

type Submit = Parameters<typeof useTextForm>[0]

/** Render a form, type `text` into its field, and submit it. */
async function submitted(text: string, submit: Submit) {
  const root = document.createElement('div')
  let state: ReturnType<typeof useTextForm> | undefined
  function Form() {
    state = useTextForm(submit)
    return null
  }
  await act(() => render(<Form />, root))
  await act(() => state?.field.onInput({ currentTarget: { value: text } }))
  await act(() => state?.form.onSubmit(new Event('submit')))
  return () => ({ text: state?.text, error: state?.field.error, isBusy: state?.isBusy })
}

test('a result replaces the text and sets the error', async () => {
  const state = await submitted('tea', async (text) => ({ text: `${text}!`, error: 'No tea' }))
  expect(state()).toEqual({ text: 'tea!', error: 'No tea', isBusy: false })
})

test('without a result, the form keeps its text', async () => {
  const state = await submitted('tea', async () => undefined)
  expect(state()).toEqual({ text: 'tea', error: undefined, isBusy: false })
})

test('a form is busy until its submit has ended', async () => {
  let finish = () => {}
  const state = await submitted(
    'tea',
    () =>
      new Promise((resolve) => {
        finish = () => resolve(undefined)
      }),
  )
  expect(state().isBusy).toBe(true)
  await act(async () => finish())
  expect(state().isBusy).toBe(false)
})
