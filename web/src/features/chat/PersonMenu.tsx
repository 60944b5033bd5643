import AtSign from 'lucide/dist/esm/icons/at-sign.mjs'
import Ban from 'lucide/dist/esm/icons/ban.mjs'
import Clock from 'lucide/dist/esm/icons/clock.mjs'
import Copy from 'lucide/dist/esm/icons/copy.mjs'
import Flag from 'lucide/dist/esm/icons/flag.mjs'
import Trash from 'lucide/dist/esm/icons/trash.mjs'
import { useEffect, useState } from 'preact/hooks'
import { api } from '../../lib/api'
import { load } from '../../lib/load'
import { FloatingMenu, MenuItem } from '../../ui/FloatingMenu'
import { type Reported, reported } from '../../ui/report'
import * as uiStrings from '../../ui/strings'
import { toast } from '../../ui/toast'
import type { Message } from './message'
import styles from './PersonMenu.module.css'
import { mayDelete, mayModerate, type Person } from './participants'
import * as strings from './strings'

/** The person, and perhaps their message, that a menu is about. */
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
  /** Continue with a dialog, which stays open after the menu has closed. */
  onAsk(question: Question): void
}

export type Question = { about: 'timeOut' | 'block'; person: Person } | { about: 'clear' }

/** The actions on a message or a person that the reader's role allows. */
export default function PersonMenu(props: Props) {
  const { host, subject, me, isTimedOut, onMention, onClose, onAsk } = props
  const { person, message, opener } = subject
  const { name } = person
  const isMine = me?.viewerId === person.viewerId
  const subjectOfReport = isMine ? null : reportedOf(host, person, message)
  const moderates = me !== null && mayModerate(me, person)
  const isListed = useListed(host, moderates ? person.viewerId : null)
  return (
    <FloatingMenu label={strings.actionsForPerson(name)} opener={opener} onClose={onClose}>
      <p class={styles.whom}>
        <bdi>{name}</bdi>
      </p>
      {!isMine && (
        <MenuItem icon={AtSign} onPress={() => onMention(name)}>
          {strings.mention(name)}
        </MenuItem>
      )}
      {message && (
        <MenuItem icon={Copy} onPress={() => void copy(message.text)}>
          {strings.copyMessage}
        </MenuItem>
      )}
      {subjectOfReport && (
        <MenuItem icon={Flag} onPress={() => reported.set(subjectOfReport)}>
          {strings.report}
        </MenuItem>
      )}
      {message && me && mayDelete(me, person) && (
        <MenuItem
          icon={Trash}
          isDangerous
          onPress={() => void moderate((actions) => actions.deleteMessage(host, message.id))}
        >
          {strings.deleteMessage}
        </MenuItem>
      )}
      {moderates && (isTimedOut || isListed) && (
        <MenuItem
          icon={Clock}
          onPress={() => void moderate((actions) => actions.endTimeout(host, person))}
        >
          {strings.endTimeout}
        </MenuItem>
      )}
      {moderates && (
        <>
          <MenuItem icon={Clock} isDangerous onPress={() => onAsk({ about: 'timeOut', person })}>
            {strings.timeOut}
          </MenuItem>
          <MenuItem icon={Ban} isDangerous onPress={() => onAsk({ about: 'block', person })}>
            {strings.block}
          </MenuItem>
        </>
      )}
    </FloatingMenu>
  )
}

/** Return whether a person is in timeout according to the API: the page may have been opened since it began. */
function useListed(username: string, viewerId: string | null): boolean {
  const [isListed, setListed] = useState(false)
  useEffect(() => {
    if (!viewerId) return
    api.get('/api/chat/{username}/timeouts', { path: { username } }).then(
      ({ timeouts }) => setListed(timeouts.some((timeout) => timeout.viewerId === viewerId)),
      // What the page itself has seen still counts.
      () => {},
    )
  }, [username, viewerId])
  return isListed
}

/** Return what a report is about. Without a message, it is the person's channel, which guests don't have. */
function reportedOf(host: string, person: Person, message: Message | null): Reported | null {
  if (message) return { channel: host, message: { id: message.id, author: person.name } }
  return person.role === 'guest' ? null : { channel: person.name }
}

/** Load the moderation code and use it. Few readers are moderators, so it is a separate chunk. */
async function moderate(
  act: (actions: typeof import('./moderation')) => Promise<void>,
): Promise<void> {
  try {
    await act(await load(() => import('./moderation')))
  } catch {
    toast(uiStrings.loadFailed, 'bad', {
      label: uiStrings.retry,
      apply: () => void moderate(act),
    })
  }
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    toast(strings.copied)
  } catch {
    toast(strings.copyFailed, 'bad')
  }
}
