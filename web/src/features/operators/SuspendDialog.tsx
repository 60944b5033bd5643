import { useState } from 'preact/hooks'
import type { Suspension } from '../../api/types'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { Actions } from '../../ui/Actions'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import * as uiStrings from '../../ui/strings'
import { submitting } from '../../ui/submitting'
import { toast } from '../../ui/toast'
import { fieldValue, instantOf } from './ends'
import styles from './SuspendDialog.module.css'
import * as strings from './strings'

interface Props {
  username: string
  /** The suspension to change, or null for a new one. */
  current: Suspension | null
  onSuspended(suspension: Suspension): void
  onClose(): void
}

/** Suspends a person, or changes the reason or the end of their suspension. */
export function SuspendDialog(props: Props) {
  const { username, current, onClose } = props
  const title = current ? strings.changeTitle(username) : strings.suspendTitle(username)
  return (
    <Dialog title={title} isOpen onClose={onClose} closeLabel={uiStrings.close}>
      <Form {...props} />
    </Dialog>
  )
}

type Errors = Partial<Record<'reason' | 'until' | 'other', string>>

function Form({ username, current, onSuspended, onClose }: Props) {
  const [reason, setReason] = useState(current?.reason ?? '')
  const [end, setEnd] = useState(fieldValue(current?.until ?? null))
  const [errors, setErrors] = useState<Errors>({})
  const [isBusy, setBusy] = useState(false)

  const submit = async () => {
    const until = instantOf(end, Date.now())
    if (until === undefined) {
      setErrors({ until: strings.endPast })
      return
    }
    setBusy(true)
    try {
      await api.put('/api/admin/suspensions/{username}', {
        path: { username },
        body: { reason, until },
      })
      toast(strings.didSuspend(username))
      onSuspended({ reason: reason.trim(), until, at: new Date().toISOString() })
    } catch (caught) {
      setErrors(errorsOf(Refusal.caught(caught)))
      setBusy(false)
    }
  }
  return (
    <form class={styles.form} {...submitting(isBusy, submit)}>
      {!current && <p>{strings.suspendText}</p>}
      <TextField
        label={strings.reasonLabel}
        hint={strings.reasonHint}
        error={errors.reason}
        value={reason}
        maxLength={200}
        autocomplete="off"
        autofocus
        onInput={(event) => {
          setReason(event.currentTarget.value)
          setErrors({})
        }}
      />
      <TextField
        type="datetime-local"
        label={strings.end}
        hint={strings.endHint}
        error={errors.until}
        value={end}
        onInput={(event) => {
          setEnd(event.currentTarget.value)
          setErrors({})
        }}
      />
      {errors.other && (
        <p class={styles.error} role="alert">
          {errors.other}
        </p>
      )}
      <Actions>
        <Button look="quiet" onClick={onClose}>
          {uiStrings.cancel}
        </Button>
        <Button look="danger" type="submit" isBusy={isBusy} data-testid="confirm-suspend">
          {current ? strings.change : strings.suspend}
        </Button>
      </Actions>
    </form>
  )
}

function errorsOf(refusal: Refusal): Errors {
  const { reason, until } = refusal.fields
  if (reason || until) return { ...(reason && { reason }), ...(until && { until }) }
  if (refusal.code === 'self') return { other: strings.isYou }
  if (refusal.status === 404) return { other: strings.unknownUser }
  return { other: faultText(refusal) }
}
