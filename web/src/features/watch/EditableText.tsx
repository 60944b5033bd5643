import PencilLine from 'lucide/dist/esm/icons/pencil-line.mjs'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { lazy } from '../../ui/lazy'
import styles from './EditableText.module.css'
import type { EditFormProps } from './EditForm'

const EditForm = lazy(() => import('./EditForm'))

interface Props extends Omit<EditFormProps, 'onDone'> {
  heading: string
  /** Shown if the value is empty. */
  empty: string
  /** The label of the button that starts editing. */
  editLabel: string
  /** What is below the text. */
  children?: ComponentChildren
}

/** A card with a text that its owner can edit in place. */
export function EditableText({ heading, empty, editLabel, children, ...form }: Props) {
  const [isEditing, setEditing] = useState(false)
  const opener = useRef<HTMLSpanElement>(null)
  const wasEditing = useRef(false)
  const { field, value } = form

  // The focus returns to the button that started editing.
  useEffect(() => {
    if (wasEditing.current && !isEditing) opener.current?.querySelector('button')?.focus()
    wasEditing.current = isEditing
  }, [isEditing])

  const edit = !isEditing && (
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
        <Suspended>
          <EditForm {...form} onDone={() => setEditing(false)} />
        </Suspended>
      ) : (
        <p class={`${styles[field]} ${value ? '' : styles.empty}`} dir="auto" data-testid={field}>
          {value || empty}
        </p>
      )}
      {children}
    </Card>
  )
}
