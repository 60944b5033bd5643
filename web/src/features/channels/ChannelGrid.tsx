import type { Channel } from '../../api/types'
import { More } from '../../ui/More'
import * as uiStrings from '../../ui/strings'
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

/** The button under a grid that has more pages. */
export function ShowMore({ load }: { load(): Promise<void> }) {
  return (
    <div class={styles.more}>
      <More load={load} />
    </div>
  )
}
