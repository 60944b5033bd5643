import { useEffect, useState } from 'preact/hooks'
import type { OwnStream } from '../../api/types'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { timeOfDay } from '../../lib/time'
import { Card } from '../../ui/Card'
import { Choice } from '../../ui/Choice'
import { faultText } from '../../ui/Fault'
import { toast } from '../../ui/toast'
import * as strings from './strings'
import styles from './WhoCanWatch.module.css'

const WHO = ['off', 'hour', 'always'] as const
type Who = (typeof WHO)[number]

interface Props {
  stream: OwnStream
  onChange(change: (stream: OwnStream) => OwnStream): void
}

/** Whether guests may watch; what is pressed is saved. */
export function WhoCanWatch({ stream, onChange }: Props) {
  const [saving, setSaving] = useState<Who | null>(null)
  const { isSignedInOnly, signedInOnlyUntil: until } = stream
  const who = !isSignedInOnly ? 'off' : until ? 'hour' : 'always'

  useEffect(() => {
    if (!until) return
    const timer = window.setTimeout(
      () => onChange((before) => ({ ...before, isSignedInOnly: false, signedInOnlyUntil: null })),
      Date.parse(until) - Date.now(),
    )
    return () => window.clearTimeout(timer)
    // `onChange` is a new function at each render, and does the same.
  }, [until])

  const save = async (signedInOnly: Who) => {
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
        options={WHO.map((value) => ({ value, label: strings.audiences[value] }))}
        chosen={who}
        saving={saving}
        onChoose={(value) => void save(value)}
      />
      <p data-testid="who-can-watch">
        <span role="status">
          {who === 'hour'
            ? strings.audienceTexts.hour(timeOfDay(until ?? ''))
            : strings.audienceTexts[who]}
        </span>{' '}
        {who === 'off' && <span class={styles.hint}>{strings.audienceHint}</span>}
      </p>
    </Card>
  )
}
