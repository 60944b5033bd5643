import { useState } from 'preact/hooks'
import { Refusal } from '../lib/refusal'
import { Button } from './Button'
import { faultText } from './Fault'
import styles from './More.module.css'
import * as strings from './strings'
import { toast } from './toast'

/** The button under a list that loads the next page. */
export function More({ load }: { load(): Promise<void> }) {
  const [isBusy, setBusy] = useState(false)
  const loadMore = async () => {
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
    <Button class={styles.more ?? ''} isBusy={isBusy} onClick={() => void loadMore()}>
      {strings.showMore}
    </Button>
  )
}
