import { useState } from 'preact/hooks'
import { Refusal } from '../lib/refusal'
import { Button } from './Button'
import { faultText } from './Fault'
import styles from './More.module.css'
import * as strings from './strings'
import { toast } from './toast'

/** Under a list that goes on: loads its next page. */
export function More({ load }: { load(): Promise<void> }) {
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
      {strings.showMore}
    </Button>
  )
}
