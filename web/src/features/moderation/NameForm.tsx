import { useState } from 'preact/hooks'
import { Refusal } from '../../lib/refusal'
import * as sharedStrings from '../../lib/strings'
import { Button } from '../../ui/Button'
import { faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import styles from './NameForm.module.css'
import * as strings from './strings'

interface Props {
  hint: string
  button: string
  /** What is said where one names oneself. */
  self: string
  onSubmit(username: string): Promise<void>
}

/** Asks for somebody's username, to do something to them. */
export function NameForm({ hint, button, self, onSubmit }: Props) {
  const [name, setName] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const submit = async () => {
    const username = name.trim().toLowerCase()
    if (!username) return setError(strings.unknownUsername)
    setBusy(true)
    try {
      await onSubmit(username)
      setName('')
    } catch (caught) {
      const refusal = Refusal.caught(caught)
      if (refusal.code === 'self') setError(self)
      else if (refusal.status === 404) setError(strings.unknownUsername)
      else setError(refusal.fields.username ?? faultText(refusal))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      class={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void submit()
      }}
    >
      <TextField
        label={sharedStrings.username}
        hint={hint}
        error={error}
        value={name}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        maxLength={64}
        onInput={(event) => {
          setName(event.currentTarget.value)
          setError(undefined)
        }}
      />
      <Button look="primary" type="submit" isBusy={isBusy}>
        {button}
      </Button>
    </form>
  )
}
