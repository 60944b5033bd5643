import { useState } from 'preact/hooks'
import type { ReportReason } from '../api/types'
import { api } from '../lib/api'
import { Refusal } from '../lib/refusal'
import { Actions } from './Actions'
import { Button } from './Button'
import { Choice } from './Choice'
import { Dialog } from './Dialog'
import { faultText } from './Fault'
import { TextArea } from './Field'
import { PageLinks } from './PageLinks'
import styles from './ReportDialog.module.css'
import type { Reported } from './report'
import * as strings from './report.strings'
import * as uiStrings from './strings'
import { submitting } from './submitting'
import { toast } from './toast'

const REASONS = Object.entries(strings.reasons).map(([value, label]) => ({
  value: value as ReportReason,
  label,
}))

interface Props {
  reported: Reported
  onClose(): void
}

/** Asks what is wrong with a channel or a message, and reports it to the operators. */
export function ReportDialog({ reported, onClose }: Props) {
  const { channel, message } = reported
  const title = message ? strings.messageTitle(message.author) : strings.channelTitle(channel)
  return (
    <Dialog title={title} isOpen onClose={onClose} closeLabel={uiStrings.close}>
      <Form reported={reported} onClose={onClose} />
    </Dialog>
  )
}

function Form({ reported: { channel, message }, onClose }: Props) {
  const [reason, setReason] = useState<ReportReason | null>(null)
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)

  const submit = async () => {
    if (!reason) {
      setError(strings.reasonMissing)
      return
    }
    setBusy(true)
    try {
      await api.post('/api/reports', {
        body: { username: channel, messageId: message?.id ?? null, reason, text: text || null },
      })
      toast(strings.sent)
      onClose()
    } catch (caught) {
      setError(errorText(Refusal.caught(caught)))
      setBusy(false)
    }
  }
  return (
    <form class={styles.form} {...submitting(isBusy, submit)}>
      <p>{strings.text}</p>
      <p class={styles.label} aria-hidden="true">
        {strings.reason}
      </p>
      <Choice
        legend={strings.reason}
        options={REASONS}
        chosen={reason}
        saving={null}
        onChoose={(chosen) => {
          setReason(chosen)
          setError(undefined)
        }}
      />
      {reason === 'copyright' && <PageLinks names={['copyright']} target="_blank" />}
      <TextArea
        label={strings.details}
        error={error}
        value={text}
        maxLength={1000}
        onInput={(event) => {
          setText(event.currentTarget.value)
          setError(undefined)
        }}
      />
      <Actions>
        <Button look="quiet" onClick={onClose}>
          {uiStrings.cancel}
        </Button>
        <Button look="primary" type="submit" isBusy={isBusy} data-testid="send-report">
          {strings.send}
        </Button>
      </Actions>
    </form>
  )
}

function errorText(refusal: Refusal): string {
  if (refusal.code === 'self') return strings.isYou
  if (refusal.code === 'rate_limited') return strings.limited
  if (refusal.status === 404) return strings.isGone
  return refusal.fields.text ?? faultText(refusal)
}
