import { useEffect } from 'preact/hooks'
import type { Suspension } from '../../api/types'
import { loadMe } from '../../lib/account'
import { dateAndTime } from '../../lib/time'
import styles from './SuspensionNotice.module.css'
import * as strings from './suspension.strings'

/** How often to check whether the suspension has ended. */
const CHECK_MS = 30_000

/** Says on every page why the user is suspended, and until when. */
export function SuspensionNotice({ of: { reason, until } }: { of: Suspension }) {
  useEffect(() => {
    const timer = window.setInterval(() => void loadMe(), CHECK_MS)
    return () => window.clearInterval(timer)
  }, [])
  return (
    <div class={styles.notice} role="alert" data-testid="suspension">
      <p class={styles.title}>{until ? strings.until(dateAndTime(until)) : strings.forGood}</p>
      <p class={styles.reason}>
        {strings.reason} <bdi>{reason}</bdi>
      </p>
      <p>{strings.text}</p>
    </div>
  )
}
