import { useState } from 'preact/hooks'
import type { Armed, Ingress } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { timeOfDay } from '../../lib/time'
import { Card } from '../../ui/Card'
import { Choice } from '../../ui/Choice'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import styles from './KeysPanel.module.css'
import { keyFault } from './keyFault'
import { isSending, keyState, minutesLeft } from './keyState'
import * as strings from './strings'
import { armIngress } from './useIngress'

interface Props {
  ingress: Ingress
  onChange(ingress: Ingress): void
}

/** Selects when the key works. Each reload of the ingress renders it again, which updates the minutes. */
export function ArmControl({ ingress, onChange }: Props) {
  const [saving, setSaving] = useState<Armed | null>(null)
  const [isAsking, setAsking] = useState(false)
  const [error, setError] = useState<string>()
  const now = Date.now()
  const state = keyState(ingress, now)
  const until = ingress.armedUntil ?? ''

  const arm = async (armed: Armed) => {
    setSaving(armed)
    setError(undefined)
    try {
      onChange(await armIngress(armed))
    } catch (caught) {
      setError(keyFault(Refusal.caught(caught)))
    } finally {
      setSaving(null)
      setAsking(false)
    }
  }
  return (
    <Card title={strings.whenKeyWorks}>
      <Choice
        legend={strings.whenKeyWorks}
        options={[
          { value: 'off', label: strings.choices.off },
          { value: 'always', label: strings.choices.always },
          { value: 'half_hour', label: strings.choices.halfHour },
        ]}
        chosen={state === 'until' || state === 'ending' ? 'half_hour' : state}
        saving={saving}
        onChoose={(armed) => {
          if (armed === 'off' && isSending(ingress.encoder)) setAsking(true)
          else void arm(armed)
        }}
      />
      <p class={styles.armed} data-testid="armed">
        {/* Screen readers announce changes of the state, but not of the minutes. */}
        <span role="status">
          {state === 'until' ? strings.states.until(timeOfDay(until)) : strings.states[state]}
        </span>
        {state === 'until' && ` ${strings.minutesLeft(minutesLeft(until, now))}`}
      </p>
      {error && (
        <p class={styles.error} role="alert">
          {error}
        </p>
      )}
      <ConfirmDialog
        title={strings.turnOffTitle}
        text={strings.turnOffText}
        confirm={strings.turnOff}
        isOpen={isAsking}
        isBusy={saving === 'off'}
        onConfirm={() => void arm('off')}
        onClose={() => setAsking(false)}
      />
    </Card>
  )
}
