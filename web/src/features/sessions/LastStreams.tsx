import Clapperboard from 'lucide/dist/esm/icons/clapperboard.mjs'
import type { PastStream } from '../../api/types'
import { t } from '../../lib/text'
import { dateAndTime } from '../../lib/time'
import { Card } from '../../ui/Card'
import { Loaded } from '../../ui/Loaded'
import { More } from '../../ui/More'
import { Notice } from '../../ui/Notice'
import styles from './LastStreams.module.css'
import { useSessions } from './useSessions'

/** How a creator's past broadcasts went, for their eyes alone. */
export function LastStreams() {
  const sessions = useSessions()
  return (
    <Card title={t('sessions.title')}>
      <Loaded of={sessions} height="8rem">
        {({ items, next }) =>
          items.length === 0 ? (
            <Notice
              icon={Clapperboard}
              title={t('sessions.none')}
              text={t('sessions.noneText')}
              heading="h3"
            />
          ) : (
            <>
              <ul data-testid="last-streams">
                {items.map((session) => (
                  <Session key={session.id} session={session} />
                ))}
              </ul>
              {next && <More load={sessions.more} />}
            </>
          )
        }
      </Loaded>
    </Card>
  )
}

function Session({ session }: { session: PastStream }) {
  const { startedAt, endedAt, reason, peakViewers, averageViewers } = session
  const figures = [
    duration(Date.parse(endedAt) - Date.parse(startedAt)),
    peakViewers > 0 ? t('sessions.peak', { count: peakViewers }) : t('sessions.nobody'),
    peakViewers > 0 &&
      averageViewers !== null &&
      t('sessions.average', { count: Math.round(averageViewers * 10) / 10 }),
  ]
  return (
    <li class={styles.session}>
      <time class={styles.when} dateTime={startedAt}>
        {dateAndTime(startedAt)}
      </time>
      <span class={styles.reason}>{t(`sessions.${reason}`)}</span>
      <ul class={styles.figures}>
        {figures.map((figure) => figure && <li key={figure}>{figure}</li>)}
      </ul>
    </li>
  )
}

/** `1 h 5 min`, `12 min`, `40 s`. */
function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000))
  if (seconds < 60) return t('sessions.seconds', { seconds })
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return t('sessions.minutes', { minutes })
  const hours = t('sessions.hours', { hours: Math.floor(minutes / 60) })
  const rest = minutes % 60
  return rest === 0 ? hours : `${hours} ${t('sessions.minutes', { minutes: rest })}`
}
