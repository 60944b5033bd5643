import Clapperboard from 'lucide/dist/esm/icons/clapperboard.mjs'
import type { PastStream } from '../../api/types'
import { dateAndTime } from '../../lib/time'
import { shortDurations } from '../../lib/units.strings'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { More } from '../../ui/More'
import { Notice } from '../../ui/Notice'
import styles from './PastStreams.module.css'
import * as strings from './strings'
import { useBroadcasts } from './useBroadcasts'

/** A creator's past streams with their figures. Only the creator sees them. */
export function PastStreams() {
  const broadcasts = useBroadcasts()
  return (
    <Card title={strings.pastStreams}>
      <Loaded of={broadcasts} height="8rem">
        {({ items, next }) =>
          items.length === 0 ? (
            <Notice icon={Clapperboard} title={strings.none} text={strings.noneText} heading="h3" />
          ) : (
            <>
              <ul data-testid="last-streams">
                {items.map((stream) => (
                  <Row key={stream.id} stream={stream} />
                ))}
              </ul>
              {next && <More load={broadcasts.more} />}
            </>
          )
        }
      </Loaded>
    </Card>
  )
}

function Row({ stream }: { stream: PastStream }) {
  const { startedAt, endedAt, reason, peakViewers, averageViewers } = stream
  const figures = [
    duration(Date.parse(endedAt) - Date.parse(startedAt)),
    peakViewers > 0 ? strings.peak(peakViewers) : strings.noViewers,
    peakViewers > 0 &&
      averageViewers !== null &&
      strings.average(Math.round(averageViewers * 10) / 10),
  ]
  return (
    <li class={styles.row}>
      <time class={styles.when} dateTime={startedAt}>
        {dateAndTime(startedAt)}
      </time>
      <span class={styles.reason}>{strings.reasons[reason]}</span>
      <ul class={styles.figures}>
        {figures.map((figure) => figure && <li key={figure}>{figure}</li>)}
      </ul>
    </li>
  )
}

/** Return a short text for a duration: `1 h 5 min`, `12 min`, `40 s`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return shortDurations.seconds(seconds)
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return shortDurations.minutes(minutes)
  const hours = shortDurations.hours(Math.floor(minutes / 60))
  const minutesLeft = minutes % 60
  return minutesLeft === 0 ? hours : `${hours} ${shortDurations.minutes(minutesLeft)}`
}
