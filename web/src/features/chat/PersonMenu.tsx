import AtSign from 'lucide/dist/esm/icons/at-sign.mjs'
import Ban from 'lucide/dist/esm/icons/ban.mjs'
import Clock from 'lucide/dist/esm/icons/clock.mjs'
import Copy from 'lucide/dist/esm/icons/copy.mjs'
import Trash from 'lucide/dist/esm/icons/trash-2.mjs'
import { useState } from 'preact/hooks'
import { t } from '../../lib/text'
import { Button } from '../../ui/Button'
import { Actions, Dialog } from '../../ui/Dialog'
import { TextField } from '../../ui/Field'
import { toast } from '../../ui/toast'
import { FloatingMenu, MenuItem } from './FloatingMenu'
import type { Message } from './message'
import { block, deleteMessage, endTimeOut, TIME_OUTS, timeOut } from './moderation'
import styles from './PersonMenu.module.css'
import { mayDelete, mayModerate, type Person } from './people'

/** Whom, or which of their messages, a menu is about. */
export interface Subject {
  person: Person
  message: Message | null
  opener: HTMLElement
}

interface Props {
  host: string
  subject: Subject
  me: { viewerId: string; role: Person['role'] } | null
  isTimedOut: boolean
  onMention(name: string): void
  onClose(): void
  /** Goes on with a dialog, which outlives the menu. */
  onAsk(question: Question): void
}

export interface Question {
  about: 'timeOut' | 'block'
  person: Person
}

/** What can be done with a message or a person, by what the reader is. */
export function PersonMenu(props: Props) {
  const { host, subject, me, isTimedOut, onMention, onClose, onAsk } = props
  const { person, message, opener } = subject
  const { name } = person
  const isMine = me?.viewerId === person.viewerId
  const moderates = me !== null && mayModerate(me, person)
  return (
    <FloatingMenu label={t('talk.actionsFor', { name })} opener={opener} onClose={onClose}>
      <p class={styles.whom}>
        <bdi>{name}</bdi>
      </p>
      {!isMine && (
        <MenuItem icon={AtSign} onPress={() => onMention(name)}>
          {t('talk.mention', { name })}
        </MenuItem>
      )}
      {message && (
        <MenuItem icon={Copy} onPress={() => void copy(message.text)}>
          {t('talk.copy')}
        </MenuItem>
      )}
      {message && me && mayDelete(me, person) && (
        <MenuItem icon={Trash} isDangerous onPress={() => void deleteMessage(host, message.id)}>
          {t('talk.delete')}
        </MenuItem>
      )}
      {moderates && isTimedOut && (
        <MenuItem icon={Clock} onPress={() => void endTimeOut(host, person)}>
          {t('talk.timeOutEnd')}
        </MenuItem>
      )}
      {moderates && (
        <>
          <MenuItem icon={Clock} isDangerous onPress={() => onAsk({ about: 'timeOut', person })}>
            {t('talk.timeOut')}
          </MenuItem>
          <MenuItem icon={Ban} isDangerous onPress={() => onAsk({ about: 'block', person })}>
            {t('talk.block')}
          </MenuItem>
        </>
      )}
    </FloatingMenu>
  )
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(t('talk.copied'))
  } catch {
    toast(t('talk.copyFailed'), 'bad')
  }
}

/** For how long, or whether; and why, for who wants to say so. */
export function ModerationDialog({
  host,
  question,
  onClose,
}: {
  host: string
  question: Question | null
  onClose(): void
}) {
  const name = question?.person.name ?? ''
  return (
    <Dialog
      title={t(question?.about === 'block' ? 'talk.blockTitle' : 'talk.timeOutTitle', { name })}
      isOpen={question !== null}
      onClose={onClose}
      closeLabel={t('app.close')}
    >
      {question && <Answer host={host} question={question} onClose={onClose} />}
    </Dialog>
  )
}

function Answer({
  host,
  question: { about, person },
  onClose,
}: {
  host: string
  question: Question
  onClose(): void
}) {
  const [reason, setReason] = useState('')
  const [isBusy, setBusy] = useState(false)
  const act = async (work: Promise<void>) => {
    setBusy(true)
    await work
    onClose()
  }
  return (
    <>
      <p>{t(about === 'block' ? 'talk.blockText' : 'talk.timeOutText')}</p>
      <TextField
        label={t('talk.reason')}
        hint={t('talk.reasonHint')}
        value={reason}
        maxLength={200}
        autocomplete="off"
        onInput={(event) => setReason(event.currentTarget.value)}
      />
      {about === 'timeOut' ? (
        <div class={styles.lengths}>
          {TIME_OUTS.map((length) => (
            <Button
              key={length.seconds}
              disabled={isBusy}
              onClick={() => void act(timeOut(host, person, length, reason.trim()))}
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
            onClick={() => void act(block(host, person, reason.trim()))}
            data-testid="confirm-block"
          >
            {t('talk.blockButton')}
          </Button>
        </Actions>
      )}
    </>
  )
}
