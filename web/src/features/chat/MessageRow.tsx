import Crown from 'lucide/dist/esm/icons/crown.mjs'
import EllipsisVertical from 'lucide/dist/esm/icons/ellipsis-vertical.mjs'
import Shield from 'lucide/dist/esm/icons/shield.mjs'
import UserRound from 'lucide/dist/esm/icons/user-round.mjs'
import { useMemo } from 'preact/hooks'
import { dateAndTime, timeOfDay } from '../../lib/time'
import { Icon } from '../../ui/Icon'
import styles from './MessageRow.module.css'
import type { Message } from './message'
import { type Part, splitMessage } from './messageParts'
import * as strings from './messages.strings'
import { nameColor } from './nameColor'
import type { Unsent } from './outbox'
import type { Role } from './participants'
import { sendFailure } from './sendFailure'
import * as chatStrings from './strings'

interface Props {
  message: Message
  role: Role
  /** The reader's own name. */
  me: string | null
  /** Tab reaches this row's menu. */
  isActive: boolean
  onMenu(message: Message, opener: HTMLElement): void
}

/** One message. It renders again only if its props have changed, and not with every new message. */
export function MessageRow(props: Props) {
  const { message, role, me, isActive, onMenu } = props
  return useMemo(() => renderRow(props), [message, role, me, isActive, onMenu])
}

function renderRow({ message, role, me, isActive, onMenu }: Props) {
  const { id, text, sentAt, from } = message
  const parts = splitMessage(text, message.links, me)
  const isMentioned = parts.some((part) => part.kind === 'mention' && part.isMe)
  const open = (event: Event) => onMenu(message, event.currentTarget as HTMLElement)
  return (
    <div
      class={styles.row}
      data-id={id}
      data-called={isMentioned ? '' : undefined}
      data-testid="chat-message"
    >
      <p class={styles.line}>
        <time
          class={styles.time}
          dateTime={new Date(sentAt).toISOString()}
          title={dateAndTime(sentAt)}
        >
          {timeOfDay(sentAt)}
        </time>
        <Name name={from.name} role={role} onClick={open} />
        <span class={styles.colon}>: </span>
        <bdi class={styles.text} data-testid="chat-text">
          {parts.map(renderPart)}
        </bdi>
      </p>
      <button
        type="button"
        class={styles.more}
        tabIndex={isActive ? 0 : -1}
        aria-haspopup="menu"
        aria-label={strings.actionsForMessage(from.name, text)}
        onClick={open}
        data-testid="message-menu"
      >
        <Icon of={EllipsisVertical} size={16} />
      </button>
    </div>
  )
}

/** A name in its color, after the badge of its role. It opens the menu for a pointer; the keyboard has the button. */
function Name({
  name,
  role,
  onClick,
}: {
  name: string
  role: Role
  onClick?: (event: Event) => void
}) {
  return (
    <>
      <Badge role={role} />
      <button
        type="button"
        class={styles.name}
        style={{ color: nameColor(name) }}
        tabIndex={-1}
        onClick={onClick}
        disabled={!onClick}
      >
        <bdi>{name}</bdi>
      </button>
    </>
  )
}

const BADGES = { host: Crown, moderator: Shield, guest: UserRound } as const

export function Badge({ role }: { role: Role }) {
  if (role === 'viewer') return null
  return (
    <span class={`${styles.badge} ${styles[role]}`} title={strings.roles[role]}>
      <Icon of={BADGES[role]} size={13} />
      <span class="quiet-label">{strings.roles[role]}</span>
    </span>
  )
}

function renderPart(part: Part, index: number) {
  switch (part.kind) {
    case 'text':
      return part.text
    case 'link':
      return (
        <a key={index} href={part.url} target="_blank" rel="noopener noreferrer nofollow ugc">
          {part.text}
        </a>
      )
    case 'mention':
      return (
        <span key={index} class={`${styles.mention} ${part.isMe ? styles.me : ''}`}>
          {part.text}
        </span>
      )
  }
}

interface UnsentProps {
  unsent: Unsent
  name: string
  role: Role
  onRetry(): void
  onEdit(): void
  onDrop(): void
}

/** The reader's own message before the server has accepted it. */
export function UnsentRow({ unsent, name, role, onRetry, onEdit, onDrop }: UnsentProps) {
  const failure = unsent.state === 'failed' ? sendFailure(unsent) : null
  return (
    <div
      class={styles.row}
      data-state={unsent.state}
      data-testid="unsent"
      aria-busy={unsent.state === 'sending'}
    >
      <p class={`${styles.line} ${styles.unsent}`}>
        <Name name={name} role={role} />
        <span class={styles.colon}>: </span>
        <bdi class={styles.text}>{unsent.text}</bdi>
        {!failure && <span class="quiet-label">{strings.sending}</span>}
      </p>
      {failure && (
        <p class={styles.failure} role="alert">
          {failure.text}{' '}
          {/* A message that may have arrived is retried unchanged: an edit would make it two messages. */}
          <button type="button" onClick={failure.canRetry ? onRetry : onEdit}>
            {failure.canRetry ? strings.retry : chatStrings.edit}
          </button>{' '}
          <button type="button" onClick={onDrop}>
            {chatStrings.discard}
          </button>
        </p>
      )}
    </div>
  )
}
