import { useState } from 'preact/hooks'
import type { Channel } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { Button } from '../../ui/Button'
import { faultText } from '../../ui/Fault'
import * as uiStrings from '../../ui/strings'
import { toast } from '../../ui/toast'
import { ChannelCard, ChannelCardSkeleton } from './ChannelCard'
import styles from './ChannelGrid.module.css'

export function ChannelGrid({ channels }: { channels: Channel[] }) {
  return (
    <ul class={styles.grid}>
      {channels.map((channel) => (
        <li key={channel.user.id}>
          <ChannelCard channel={channel} />
        </li>
      ))}
    </ul>
  )
}

export function ChannelGridSkeleton() {
  return (
    <div class={styles.grid} role="status" aria-label={uiStrings.loading}>
      {Array.from({ length: 6 }, (_, index) => (
        <ChannelCardSkeleton key={index} />
      ))}
    </div>
  )
}

/** The button under a list that goes on. */
export function ShowMore({ load }: { load(): Promise<void> }) {
  const [isBusy, setBusy] = useState(false)
  const more = async () => {
    setBusy(true)
    try {
      await load()
    } catch (error) {
      toast(faultText(Refusal.caught(error)), 'bad')
    } finally {
      setBusy(false)
    }
  }
  return (
    <div class={styles.more}>
      <Button isBusy={isBusy} onClick={() => void more()} data-testid="show-more">
        {uiStrings.showMore}
      </Button>
    </div>
  )
}
