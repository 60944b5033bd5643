import PencilLine from 'lucide/dist/esm/icons/pencil-line.mjs'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Refusal } from '../../lib/refusal'
import { t } from '../../lib/text'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Actions } from '../../ui/Dialog'
import { faultText } from '../../ui/Fault'
import { TextArea, TextField } from '../../ui/Field'
import { toast } from '../../ui/toast'
import styles from './EditableText.module.css'

interface Props {
  heading: string
  value: string
  /** Stands where the value is empty. */
  empty: string
  isMine: boolean
  label: string
  /** Name of the button that begins to edit. */
  editLabel: string
  maxLength: number
  isLong?: boolean
  /** The API's name of the field, for what it says is wrong with it. */
  field: string
  saved: string
  /** A line under the text. */
  aside?: string
  /** Saves; throws `Refusal`. */
  onSave(value: string): Promise<void>
}

/** A card with a text that its owner edits where it stands. */
export function EditableText({
  heading,
  value,
  empty,
  isMine,
  editLabel,
  isLong,
  aside,
  ...form
}: Props) {
  const [isEditing, setEditing] = useState(false)
  const opener = useRef<HTMLSpanElement>(null)
  const wasEditing = useRef(false)

  // Focus comes back to where the editing began.
  useEffect(() => {
    if (wasEditing.current && !isEditing) opener.current?.querySelector('button')?.focus()
    wasEditing.current = isEditing
  }, [isEditing])

  const edit = isMine && !isEditing && (
    <span ref={opener}>
      <Button
        look="quiet"
        icon={PencilLine}
        aria-label={editLabel}
        onClick={() => setEditing(true)}
      />
    </span>
  )
  return (
    <Card title={heading} action={edit}>
      {isEditing ? (
        <EditForm
          {...form}
          value={value}
          isLong={isLong ?? false}
          onDone={() => setEditing(false)}
        />
      ) : (
        <p class={`${isLong ? styles.long : styles.short} ${value ? '' : styles.empty}`} dir="auto">
          {value || empty}
        </p>
      )}
      {aside && <p class={styles.aside}>{aside}</p>}
    </Card>
  )
}

interface FormProps
  extends Pick<Props, 'value' | 'label' | 'maxLength' | 'field' | 'saved' | 'onSave'> {
  isLong: boolean
  onDone(): void
}

function EditForm({ value, label, maxLength, isLong, field, saved, onSave, onDone }: FormProps) {
  const [draft, setDraft] = useState(value)
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const save = async () => {
    setBusy(true)
    try {
      await onSave(draft.trim())
      toast(saved)
      onDone()
    } catch (caught) {
      const refusal = Refusal.caught(caught)
      setError(refusal.fields[field] ?? faultText(refusal))
      setBusy(false)
    }
  }
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => {
    const input = form.current?.querySelector<HTMLInputElement | HTMLTextAreaElement>(
      'input, textarea',
    )
    input?.focus()
    input?.select()
  }, [])

  const Field = isLong ? TextArea : TextField
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
      <Field
        label={label}
        error={error}
        value={draft}
        maxLength={maxLength}
        onInput={(event: { currentTarget: { value: string } }) => {
          setDraft(event.currentTarget.value)
          setError(undefined)
        }}
      />
      <Actions>
        <Button look="quiet" onClick={onDone}>
          {t('watch.cancel')}
        </Button>
        <Button look="primary" type="submit" isBusy={isBusy}>
          {t('watch.save')}
        </Button>
      </Actions>
    </form>
  )
}
