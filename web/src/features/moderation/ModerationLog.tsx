import ScrollText from 'lucide/dist/esm/icons/scroll-text.mjs'
import { useState } from 'preact/hooks'
import type { LogEntry } from '../../api/types'
import { dateAndTime } from '../../lib/time'
import { useNow } from '../../lib/useNow'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { More } from '../../ui/More'
import { Notice } from '../../ui/Notice'
import { RowButton } from '../../ui/RowButton'
import { describe, shorten, type Undo, undoable } from './logEntries'
import styles from './ModerationLog.module.css'
import * as strings from './strings'
import { idOf, undo, useLog } from './useLog'

/** How often to check for timeouts that have ended, whose undo buttons disappear. */
const TICK_MS = 5_000

interface Props {
  username: string
  /** The creator's user id. */
  creatorId: string
}

/** The actions of moderators with their reasons. Only the creator sees them. */
export function ModerationLog({ username, creatorId }: Props) {
  const log = useLog()
  const now = useNow(TICK_MS)
  return (
    <Card title={strings.log}>
      <Loaded of={log} height="8rem">
        {({ items, next }) => {
          if (items.length === 0) {
            return (
              <Notice
                icon={ScrollText}
                title={strings.logEmpty}
                text={strings.logEmptyText}
                heading="h3"
              />
            )
          }
          const undos = undoable(items, now)
          return (
            <>
              <ol tabIndex={-1} aria-label={strings.log}>
                {items.map((entry) => (
                  <Entry
                    key={idOf(entry)}
                    entry={entry}
                    description={describe(entry, creatorId)}
                    undo={undos.get(entry)}
                    username={username}
                  />
                ))}
              </ol>
              {next && <More load={log.more} />}
            </>
          )
        }}
      </Loaded>
    </Card>
  )
}

interface EntryProps {
  entry: LogEntry
  /** A sentence that describes the entry. */
  description: string
  undo: Undo | undefined
  username: string
}

function Entry({
  entry: { at, whom, text, reason },
  description,
  undo: kind,
  username,
}: EntryProps) {
  return (
    <li class={styles.entry}>
      <div class={styles.words}>
        <p class={styles.what}>
          <bdi>{description}</bdi>
        </p>
        {text !== null && <Message text={text} />}
        {reason && (
          <p>
            {strings.reason} <bdi>{reason}</bdi>
          </p>
        )}
        <p class={styles.when}>
          <time dateTime={at}>{dateAndTime(at)}</time>
        </p>
      </div>
      {kind && whom && (
        <RowButton
          label={strings.undo}
          name={strings.undoNamed(description)}
          act={() => undo(kind, username, whom.viewerId)}
          done={kind === 'unblock' ? strings.unblocked(whom.name) : strings.timeoutEnded(whom.name)}
        />
      )}
    </li>
  )
}

/** A deleted message. Long ones are clipped. */
function Message({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false)
  const clipped = shorten(text)
  return (
    <div class={styles.message}>
      <blockquote>
        <bdi>{isWhole || clipped === null ? text : clipped}</bdi>
      </blockquote>
      {clipped !== null && (
        <Button look="quiet" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? strings.showLess : strings.showAll}
        </Button>
      )}
    </div>
  )
}
