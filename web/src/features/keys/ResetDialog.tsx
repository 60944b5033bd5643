import { useState } from 'preact/hooks'
import type { InputType } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { Actions } from '../../ui/Actions'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import * as uiStrings from '../../ui/strings'
import { toast } from '../../ui/toast'
import { keyFault } from './keyFault'
import styles from './ResetDialog.module.css'
import * as strings from './strings'
import { resetIngress } from './useIngress'

interface Props {
  isOpen: boolean
  /** The protocol of the current key, or null before the first key. */
  current: InputType | null
  onClose(): void
  onReset(): Promise<void>
}

export function ResetDialog({ isOpen, current, onClose, onReset }: Props) {
  return (
    <Dialog
      title={current ? strings.resetTitle : strings.createKey}
      isOpen={isOpen}
      onClose={onClose}
      closeLabel={uiStrings.close}
    >
      <Form current={current} onClose={onClose} onReset={onReset} />
    </Dialog>
  )
}

function Form({ current, onClose, onReset }: Omit<Props, 'isOpen'>) {
  const [inputType, setInputType] = useState<InputType>(current ?? 'rtmp')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string>()

  const reset = async () => {
    setBusy(true)
    try {
      await resetIngress(inputType)
      await onReset()
      toast(strings.resetDone)
      onClose()
    } catch (caught) {
      setError(keyFault(Refusal.caught(caught)))
      setBusy(false)
    }
  }
  return (
    <form
      class={styles.form}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isBusy) void reset()
      }}
    >
      <fieldset class={styles.choice}>
        <legend>{strings.protocol}</legend>
        {(['rtmp', 'whip'] as const).map((type) => (
          <label key={type} class={styles.option}>
            <input
              type="radio"
              name="inputType"
              value={type}
              checked={inputType === type}
              onChange={() => setInputType(type)}
            />
            <span>
              <b>{strings.protocols[type].name}</b>
              <small>{strings.protocols[type].text}</small>
            </span>
          </label>
        ))}
      </fieldset>
      {current && <p class={styles.warning}>{strings.resetText}</p>}
      {error && (
        <p class={styles.error} role="alert">
          {error}
        </p>
      )}
      <Actions>
        <Button look="quiet" onClick={onClose}>
          {uiStrings.cancel}
        </Button>
        <Button
          look={current ? 'danger' : 'primary'}
          type="submit"
          isBusy={isBusy}
          data-testid="confirm-reset"
        >
          {current ? strings.resetKey : strings.createKey}
        </Button>
      </Actions>
    </form>
  )
}
