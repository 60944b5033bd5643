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
import { beginning, sentence, type Undo, undoable } from './logWords'
import styles from './ModerationLog.module.css'
import { RowButton } from './RowButton'
import * as strings from './strings'
import { idOf, undo, useLog } from './useLog'

/** So late does an 'Undo' go whose time-out is over. */
const LOOK_MS = 5_000

interface Props {
  username: string
  /** The creator's own id. */
  mine: string
}

/** What was done in the chat, by whom and why; for the creator's eyes alone. */
export function ModerationLog({ username, mine }: Props) {
  const log = useLog()
  const now = useNow(LOOK_MS)
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
                    what={sentence(entry, mine)}
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
  /** The sentence that tells it. */
  what: string
  undo: Undo | undefined
  username: string
}

function Entry({ entry: { at, whom, text, reason }, what, undo: way, username }: EntryProps) {
  return (
    <li class={styles.entry}>
      <div class={styles.words}>
        <p class={styles.what}>
          <bdi>{what}</bdi>
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
      {way && whom && (
        <RowButton
          label={strings.undo}
          name={strings.undoNamed(what)}
          act={() => undo(way, username, whom.viewerId)}
          done={way === 'unblock' ? strings.unblocked(whom.name) : strings.timeoutEnded(whom.name)}
        />
      )}
    </li>
  )
}

/** A message that was deleted, clipped where it is long. */
function Message({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false)
  const clipped = beginning(text)
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
