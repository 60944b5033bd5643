import { useEffect, useState } from 'preact/hooks'
import type { OwnStream } from '../../api/types'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { timeOfDay } from '../../lib/time'
import { Card } from '../../ui/Card'
import { Choice } from '../../ui/Choice'
import { faultText } from '../../ui/Fault'
import { Switch } from '../../ui/Switch'
import { toast } from '../../ui/toast'
import * as strings from './strings'
import { useSaving } from './useSaving'
import styles from './WhoCanWatch.module.css'

const AUDIENCES = ['off', 'hour', 'always'] as const
type Audience = (typeof AUDIENCES)[number]

interface Props {
  stream: OwnStream
  onChange(change: (stream: OwnStream) => OwnStream): void
}

/** Selects whether guests may watch, and whether viewers confirm their age. Each choice is saved right away. */
export function WhoCanWatch({ stream, onChange }: Props) {
  const [saving, setSaving] = useState<Audience | null>(null)
  const saveSwitch = useSaving(stream, onChange)
  const { isSignedInOnly, signedInOnlyUntil: until } = stream
  const audience = !isSignedInOnly ? 'off' : until ? 'hour' : 'always'

  useEffect(() => {
    if (!until) return
    const timer = window.setTimeout(
      () => onChange((before) => ({ ...before, isSignedInOnly: false, signedInOnlyUntil: null })),
      Date.parse(until) - Date.now(),
    )
    return () => window.clearTimeout(timer)
    // Each render creates a new `onChange` with the same effect, so it is not a dependency.
  }, [until])

  const save = async (signedInOnly: Audience) => {
    setSaving(signedInOnly)
    try {
      const saved = await api.patch('/api/stream', { body: { signedInOnly } })
      onChange(() => saved)
    } catch (caught) {
      toast(faultText(Refusal.caught(caught)), 'bad')
    } finally {
      setSaving(null)
    }
  }
  return (
    <Card title={strings.whoCanWatch}>
      <Choice
        legend={strings.whoCanWatch}
        options={AUDIENCES.map((value) => ({ value, label: strings.audiences[value] }))}
        chosen={audience}
        saving={saving}
        onChoose={(value) => void save(value)}
      />
      <p data-testid="who-can-watch">
        <span role="status">
          {audience === 'hour'
            ? strings.audienceTexts.hour(timeOfDay(until ?? ''))
            : strings.audienceTexts[audience]}
        </span>{' '}
        {audience === 'off' && <span class={styles.hint}>{strings.audienceHint}</span>}
      </p>
      <Switch
        {...strings.forAdults}
        isOn={stream.isForAdults}
        onChange={(isForAdults) => void saveSwitch({ isForAdults })}
      />
    </Card>
  )
}
