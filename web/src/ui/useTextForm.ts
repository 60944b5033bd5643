import { useState } from 'preact/hooks'
import { submitting } from './submitting'

interface Result {
  /** Replaces the text in the field. */
  text?: string
  error?: string | undefined
}

interface HasValue {
  currentTarget: { value: string }
}

/**
 * Hold the state of a form with one text field. `submit` receives the text; if it returns undefined, the form stays as
 * it is. Spread `form` on the form and `field` on its field.
 */
export function useTextForm(submit: (text: string) => Result | Promise<Result | undefined>) {
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const send = async () => {
    const result = submit(text)
    if (result instanceof Promise) setBusy(true)
    const outcome = await result
    setBusy(false)
    if (!outcome) return
    if (outcome.text !== undefined) setText(outcome.text)
    setError(outcome.error)
  }
  return {
    text,
    isBusy,
    form: submitting(isBusy, send),
    field: {
      value: text,
      error,
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: false,
      onInput({ currentTarget }: HasValue) {
        setText(currentTarget.value)
        setError(undefined)
      },
    },
  } as const
}
