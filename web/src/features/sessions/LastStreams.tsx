import Clapperboard from 'lucide/dist/esm/icons/clapperboard.mjs'
import { useState } from 'preact/hooks'
import type { PastStream } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { t } from '../../lib/text'
import { dateAndTime } from '../../lib/time'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Fault, faultText } from '../../ui/Fault'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { toast } from '../../ui/toast'
import styles from './LastStreams.module.css'
import { useSessions } from './useSessions'

/** How a creator's past broadcasts went, for their eyes alone. */
export function LastStreams() {
  return (
    <Card title={t('sessions.title')}>
      <Sessions />
    </Card>
  )
}

function Sessions() {
  const { data, refusal, reload, more } = useSessions()
  if (!data) {
    return refusal ? (
      <Fault refusal={refusal} onRetry={() => void reload()} />
    ) : (
      <Skeleton height="8rem" shape="block" />
    )
  }
  if (data.sessions.length === 0) {
    return (
      <Notice
        icon={Clapperboard}
        title={t('sessions.none')}
        text={t('sessions.noneText')}
        heading="h3"
      />
    )
  }
  return (
    <>
      <ul data-testid="last-streams">
        {data.sessions.map((session) => (
          <Session key={session.id} session={session} />
        ))}
      </ul>
      {data.next && <More load={more} />}
    </>
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

function More({ load }: { load(): Promise<void> }) {
  const [isBusy, setBusy] = useState(false)
  const more = async () => {
    setBusy(true)
    try {
      await load()
    } catch (caught) {
      toast(faultText(Refusal.caught(caught)), 'bad')
    } finally {
      setBusy(false)
    }
  }
  return (
    <Button class={styles.more ?? ''} isBusy={isBusy} onClick={() => void more()}>
      {t('channels.more')}
    </Button>
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
