import { Refusal } from '../../lib/refusal'
import { username as usernameLabel } from '../../lib/strings'
import { faultText } from '../../ui/Fault'
import { TextField } from '../../ui/Field'
import { useTextForm } from '../../ui/useTextForm'
import { AddForm } from './AddForm'
import * as strings from './strings'

interface Props {
  hint: string
  button: string
  /** The error if users enter their own name. */
  selfError: string
  onSubmit(username: string): Promise<void>
}

/** A form that asks for the username of another user. */
export function NameForm({ hint, button, selfError, onSubmit }: Props) {
  const errorText = (refusal: Refusal) => {
    if (refusal.code === 'self') return selfError
    if (refusal.status === 404) return strings.unknownUsername
    return refusal.fields.username ?? faultText(refusal)
  }
  const { isBusy, form, field } = useTextForm((text) => {
    const username = text.trim().toLowerCase()
    if (!username) return { error: strings.unknownUsername }
    return onSubmit(username).then(
      () => ({ text: '' }),
      (error: unknown) => ({ error: errorText(Refusal.caught(error)) }),
    )
  })
  return (
    <AddForm {...form} button={button} isBusy={isBusy}>
      <TextField {...field} label={usernameLabel} hint={hint} maxLength={64} />
    </AddForm>
  )
}
