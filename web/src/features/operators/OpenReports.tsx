import Flag from 'lucide/dist/esm/icons/flag.mjs'
import type { Decision, Report } from '../../api/types'
import { dateAndTime } from '../../lib/time'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { More } from '../../ui/More'
import { Notice } from '../../ui/Notice'
import { RowButton } from '../../ui/RowButton'
import { reasons } from '../../ui/report.strings'
import styles from './OpenReports.module.css'
import * as strings from './reports.strings'
import { useReports } from './useReports'

/** What viewers reported, with what it was about and buttons to decide. */
export function OpenReports() {
  const reports = useReports()
  return (
    <Card title={strings.reports}>
      <Loaded of={reports} height="8rem">
        {({ reports: open, next }) =>
          open.length === 0 && next === null ? (
            <Notice icon={Flag} title={strings.empty} text={strings.emptyText} heading="h3" />
          ) : (
            <>
              <ul aria-label={strings.reports} tabIndex={-1}>
                {open.map((report) => (
                  <Row
                    key={report.id}
                    report={report}
                    decide={(decision) => reports.decide(report, decision)}
                  />
                ))}
              </ul>
              {next && <More load={reports.more} />}
            </>
          )
        }
      </Loaded>
    </Card>
  )
}

interface Props {
  report: Report
  decide(decision: Decision): Promise<void>
}

function Row({ report, decide }: Props) {
  const { at, reason, text, by, whom, channel, message } = report
  // Guests have no account that could be suspended.
  const choices = whom.isGuest ? GUEST_DECISIONS : DECISIONS
  return (
    <li class={styles.report}>
      <p class={styles.what}>
        {reasons[reason]}: <bdi>{whom.name}</bdi>
      </p>
      <p>
        <a href={`/${channel.username}`}>{strings.channelOf(channel.username)}</a>
        {!message && channel.title && (
          <>
            {' · '}
            <bdi>{channel.title}</bdi>
          </>
        )}
      </p>
      {message && (
        <blockquote class={styles.message}>
          <bdi>{message.text}</bdi>
        </blockquote>
      )}
      {text && <p class={styles.text}>{text}</p>}
      <p class={styles.when}>
        <bdi>{strings.reportedBy(by.name)}</bdi>
        {' · '}
        <time dateTime={at}>{dateAndTime(at)}</time>
      </p>
      <div class={styles.actions}>
        {choices.map((decision) => (
          <RowButton
            key={decision}
            label={strings.decisions[decision]}
            name={strings.decisionNamed(strings.decisions[decision], whom.name)}
            act={() => decide(decision)}
            done={strings.decided[decision](whom.name)}
          />
        ))}
      </div>
    </li>
  )
}

const GUEST_DECISIONS: Decision[] = ['dismissed', 'warned']
const DECISIONS: Decision[] = [...GUEST_DECISIONS, 'suspended']
