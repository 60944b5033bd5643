import { useState } from 'preact/hooks'
import { Actions } from '../../ui/Actions'
import { Button } from '../../ui/Button'
import { Dialog } from '../../ui/Dialog'
import { TextField } from '../../ui/Field'
import * as uiStrings from '../../ui/strings'
import styles from './ModerationDialog.module.css'
import { block, clearChat, TIMEOUTS, timeOut } from './moderation'
import * as strings from './moderation.strings'
import type { Question } from './PersonMenu'
import * as chatStrings from './strings'

interface Props {
  host: string
  question: Question
  onClose(): void
}

/** Asks a moderator for the length of a timeout or for a confirmation, and for an optional reason. */
export default function ModerationDialog({ host, question, onClose }: Props) {
  return (
    <Dialog title={titleOf(question)} isOpen onClose={onClose} closeLabel={uiStrings.close}>
      <Answer host={host} question={question} onClose={onClose} />
    </Dialog>
  )
}

function titleOf(question: Question): string {
  if (question.about === 'clear') return strings.clearTitle
  const { name } = question.person
  return question.about === 'block' ? strings.blockTitle(name) : strings.timeOutTitle(name)
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
      <p>{strings.texts[about]}</p>
      {about !== 'clear' && (
        <TextField
          label={strings.reason}
          hint={strings.reasonHint}
          value={reason}
          maxLength={200}
          autocomplete="off"
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      )}
      {about === 'timeOut' ? (
        <div class={styles.lengths}>
          {TIMEOUTS.map((length) => (
            <Button
              key={length.seconds}
              disabled={isBusy}
              onClick={() => void act(timeOut(host, question.person, length, reason.trim()))}
            >
              {length.name}
            </Button>
          ))}
        </div>
      ) : (
        <Actions>
          <Button look="quiet" onClick={onClose}>
            {uiStrings.cancel}
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
            {about === 'clear' ? chatStrings.clearChat : strings.block}
          </Button>
        </Actions>
      )}
    </>
  )
}
