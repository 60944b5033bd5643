import { useState } from 'preact/hooks'
import type { Armed, Ingress } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { t } from '../../lib/text'
import { timeOfDay } from '../../lib/time'
import { Card } from '../../ui/Card'
import { Choice } from '../../ui/Choice'
import { ConfirmDialog } from '../../ui/ConfirmDialog'
import styles from './KeysPanel.module.css'
import { keyFault } from './keyFault'
import { isSending, keyState, minutesLeft } from './keyState'
import { armIngress } from './useIngress'

interface Props {
  ingress: Ingress
  onChange(ingress: Ingress): void
}

/** When the key works: off, always, or for a while. Drawn anew with each look at the ingress, so its minutes run. */
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
    <Card title={t('keys.arm')}>
      <Choice
        legend={t('keys.arm')}
        options={[
          { value: 'off', label: t('keys.armOff') },
          { value: 'always', label: t('keys.armAlways') },
          { value: 'half_hour', label: t('keys.armHalfHour') },
        ]}
        chosen={state === 'until' || state === 'ending' ? 'half_hour' : state}
        saving={saving}
        onChoose={(armed) => {
          if (armed === 'off' && isSending(ingress.encoder)) setAsking(true)
          else void arm(armed)
        }}
      />
      <p class={styles.armed} data-testid="armed">
        {/* Said once as it changes; the minutes beside it are not. */}
        <span role="status">
          {state === 'until'
            ? t('keys.armed_until', { time: timeOfDay(until) })
            : t(`keys.armed_${state}`)}
        </span>
        {state === 'until' && ` ${t('keys.minutesLeft', { count: minutesLeft(until, now) })}`}
      </p>
      {error && (
        <p class={styles.error} role="alert">
          {error}
        </p>
      )}
      <ConfirmDialog
        title={t('keys.offTitle')}
        text={t('keys.offText')}
        confirm={t('keys.offConfirm')}
        isOpen={isAsking}
        isBusy={saving === 'off'}
        onConfirm={() => void arm('off')}
        onClose={() => setAsking(false)}
      />
    </Card>
  )
}
