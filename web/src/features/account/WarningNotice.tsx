import { useState } from 'preact/hooks'
import type { OperatorWarning } from '../../api/types'
import { readStored, writeStored } from '../../lib/storage'
import { dateAndTime } from '../../lib/time'
import { Button } from '../../ui/Button'
import styles from './SuspensionNotice.module.css'
import * as strings from './warning.strings'

/** The last warning that was read in this browser. */
const READ = 'footlight.warning'

/** Says why an operator warned the user, until they have read it. */
export function WarningNotice({ of: { reason, at } }: { of: OperatorWarning }) {
  const [read, setRead] = useState(() => readStored(READ))
  if (read === at) return null
  const dismiss = () => {
    writeStored(READ, at)
    setRead(at)
  }
  return (
    <div class={styles.notice} role="status" data-testid="warning">
      <p class={styles.title}>{strings.title}</p>
      <p class={styles.reason}>
        {strings.reason} <bdi>{reason}</bdi>
      </p>
      <p>
        {strings.text} <time dateTime={at}>{dateAndTime(at)}</time>
      </p>
      <Button onClick={dismiss}>{strings.gotIt}</Button>
    </div>
  )
}
