import type { Channel } from '../../api/types'
import { compact } from '../../lib/format'
import * as sharedStrings from '../../lib/strings'
import { Avatar } from '../../ui/Avatar'
import { hueOf } from '../../ui/hue'
import { LiveBadge } from '../../ui/LiveBadge'
import { Skeleton } from '../../ui/Skeleton'
import styles from './ChannelCard.module.css'

export function ChannelCard({ channel: { user, stream } }: { channel: Channel }) {
  return (
    <a
      href={`/${user.username}`}
      class={`${styles.card} ${stream.isLive ? '' : styles.away}`}
      data-testid="channel-card"
    >
      <div class={styles.stage} style={{ '--hue': hueOf(user.username) }}>
        {stream.thumbnail ? (
          <img src={stream.thumbnail} alt="" loading="lazy" />
        ) : (
          <span class={styles.letter} aria-hidden="true">
            {user.username.charAt(0).toUpperCase()}
          </span>
        )}
        <span class={styles.badge}>
          {stream.isLive && <LiveBadge label={sharedStrings.live} />}
          {stream.state === 'reconnecting' && (
            <LiveBadge label={sharedStrings.backSoon} tone="soon" />
          )}
        </span>
        {stream.isForAdults && <span class={styles.adults}>{sharedStrings.forAdults}</span>}
        {stream.isLive && (
          <span class={styles.viewers}>
            <span aria-hidden="true">{compact(stream.viewerCount)}</span>
            <span class="quiet-label">{sharedStrings.viewers(stream.viewerCount)}</span>
          </span>
        )}
      </div>
      <div class={styles.about}>
        <Avatar name={user.username} image={user.image} isLive={stream.isLive} />
        <div class={styles.words}>
          <h3 class={styles.title}>{stream.title}</h3>
          <p class={styles.name}>{user.username}</p>
        </div>
      </div>
    </a>
  )
}

export function ChannelCardSkeleton() {
  return (
    <div class={styles.card} aria-hidden="true">
      <div class={styles.waiting}>
        <Skeleton height="100%" shape="block" />
      </div>
      <div class={styles.about}>
        <Skeleton width="2.5rem" height="2.5rem" shape="circle" />
        <div class={styles.words}>
          <Skeleton width="80%" />
          <Skeleton width="45%" />
        </div>
      </div>
    </div>
  )
}
