import { useEffect, useRef, useState } from 'preact/hooks'
import { Refusal } from '../../lib/refusal'
import { Actions } from '../../ui/Actions'
import { Button } from '../../ui/Button'
import { faultText } from '../../ui/Fault'
import { TextArea, TextField } from '../../ui/Field'
import * as uiStrings from '../../ui/strings'
import { toast } from '../../ui/toast'
import styles from './EditForm.module.css'
import * as strings from './edit.strings'

/** The API's limits, in characters. */
const MAX_LENGTH = { title: 140, bio: 500 }

export interface EditFormProps {
  /** The field's name in the API. */
  field: 'title' | 'bio'
  value: string
  /** Save the value. Throws `Refusal`. */
  onSave(value: string): Promise<void>
  onDone(): void
}

export default function EditForm({ field, value, onSave, onDone }: EditFormProps) {
  const [draft, setDraft] = useState(value)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)

  useEffect(() => {
    const input = form.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>(
      'input, textarea',
    )
    input?.focus()
    input?.select()
  }, [])

  const save = async () => {
    setBusy(true)
    try {
      await onSave(draft.trim())
      toast(strings.saved[field])
      onDone()
    } catch (caught) {
      const refusal = Refusal.caught(caught)
      setError(refusal.fields[field] ?? faultText(refusal))
      setBusy(false)
    }
  }
  const input = {
    label: strings.labels[field],
    error,
    value: draft,
    maxLength: MAX_LENGTH[field],
    onInput: (event: { currentTarget: { value: string } }) => {
      setDraft(event.currentTarget.value)
      setError(undefined)
    },
  }
  return (
    <form
      ref={form}
      class={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void save()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onDone()
      }}
    >
      {field === 'bio' ? <TextArea {...input} /> : <TextField {...input} />}
      <Actions>
        <Button look="quiet" onClick={onDone}>
          {uiStrings.cancel}
        </Button>
        <Button look="primary" type="submit" isBusy={isBusy}>
          {strings.save}
        </Button>
      </Actions>
    </form>
  )
}
