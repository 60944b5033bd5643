import type { Suspension } from '../../api/types'
import { dateAndTime } from '../../lib/time'
import styles from './SuspensionFacts.module.css'
import * as strings from './strings'

/** How long a suspension lasts, and why. */
export function SuspensionFacts({ of: { reason, until } }: { of: Suspension }) {
  return (
    <>
      <p class={styles.state}>
        {until ? strings.suspendedUntil(dateAndTime(until)) : strings.suspendedForGood}
      </p>
      <p>
        {strings.reason} <bdi>{reason}</bdi>
      </p>
    </>
  )
}
