import { useState } from 'preact/hooks'
import { t } from '../../lib/text'
import { Button } from '../../ui/Button'
import { Actions, Dialog } from '../../ui/Dialog'
import { TextField } from '../../ui/Field'
import styles from './ModerationDialog.module.css'
import { block, clearChat, TIME_OUTS, timeOut } from './moderation'
import type { Question } from './PersonMenu'

interface Props {
  host: string
  question: Question
  onClose(): void
}

/** For how long, or whether; and why, for who wants to say so. */
export default function ModerationDialog({ host, question, onClose }: Props) {
  return (
    <Dialog title={titleOf(question)} isOpen onClose={onClose} closeLabel={t('app.close')}>
      <Answer host={host} question={question} onClose={onClose} />
    </Dialog>
  )
}

function titleOf(question: Question): string {
  if (question.about === 'clear') return t('talk.clearTitle')
  const { name } = question.person
  return t(question.about === 'block' ? 'talk.blockTitle' : 'talk.timeOutTitle', { name })
}

function Answer({ host, question, onClose }: Props) {
  const { about } = question
  const [reason, setReason] = useState('')
  const [isBusy, setBusy] = useState(false)
  const act = async (work: Promise<void>) => {
    setBusy(true)
    await work
    onClose()
  }
  return (
    <>
      <p>{t(`talk.${about}Text`)}</p>
      {about !== 'clear' && (
        <TextField
          label={t('talk.reason')}
          hint={t('talk.reasonHint')}
          value={reason}
          maxLength={200}
          autocomplete="off"
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {about === 'timeOut' ? (
        <div class={styles.lengths}>
          {TIME_OUTS.map((length) => (
            <Button
              key={length.seconds}
              disabled={isBusy}
              onClick={() => void act(timeOut(host, question.person, length, reason.trim()))}
            >
              {t(length.words)}
            </Button>
          ))}
        </div>
      ) : (
        <Actions>
          <Button look="quiet" onClick={onClose}>
            {t('talk.cancel')}
          </Button>
          <Button
            look="danger"
            isBusy={isBusy}
            onClick={() =>
              void act(
                about === 'clear' ? clearChat(host) : block(host, question.person, reason.trim()),
              )
            }
            data-testid={`confirm-${about}`}
          >
            {t(about === 'clear' ? 'talk.clear' : 'talk.blockButton')}
          </Button>
        </Actions>
      )}
    </>
  )
}
