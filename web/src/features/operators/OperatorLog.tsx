import ScrollText from 'lucide/dist/esm/icons/scroll-text.mjs'
import type { OperatorLogEntry } from '../../api/types'
import type { Paged } from '../../lib/pages'
import { dateAndTime } from '../../lib/time'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { More } from '../../ui/More'
import { Notice } from '../../ui/Notice'
import { describe } from './logText'
import styles from './OperatorLog.module.css'
import * as strings from './strings'
import { idOf } from './useOperatorLog'

/** What operators did, newest first. */
export function OperatorLog({ log }: { log: Paged<OperatorLogEntry> }) {
  return (
    <Card title={strings.log}>
      <Loaded of={log} height="8rem">
        {({ items, next }) =>
          items.length === 0 ? (
            <Notice
              icon={ScrollText}
              title={strings.logEmpty}
              text={strings.logEmptyText}
              heading="h3"
            />
          ) : (
            <>
              <ol aria-label={strings.log}>
                {items.map((entry) => (
                  <Entry key={idOf(entry)} entry={entry} />
                ))}
              </ol>
              {next && <More load={log.more} />}
            </>
          )
        }
      </Loaded>
    </Card>
  )
}

function Entry({ entry }: { entry: OperatorLogEntry }) {
  const { at, reason, action } = entry
  return (
    <li class={styles.entry}>
      <p class={styles.what}>
        <bdi>{describe(entry)}</bdi>
      </p>
      {reason && (
        <p>
          {action === 'notice_set' ? strings.text : strings.reason} <bdi>{reason}</bdi>
        </p>
      )}
      <p class={styles.when}>
        <time dateTime={at}>{dateAndTime(at)}</time>
      </p>
    </li>
  )
}
