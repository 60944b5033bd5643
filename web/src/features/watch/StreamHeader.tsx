import type { ComponentChildren } from 'preact'
import type { ChannelPage } from '../../api/types'
import * as sharedStrings from '../../lib/strings'
import { Avatar } from '../../ui/Avatar'
import { LiveBadge } from '../../ui/LiveBadge'
import styles from './StreamHeader.module.css'
import * as strings from './strings'
import type { Player } from './usePlayer'

interface Props {
  channel: Pick<ChannelPage, 'user' | 'stream'>
  player: Player
  /** The page shows the title elsewhere. */
  isUntitled?: boolean
  /** Actions on the channel, such as following it or ending the broadcast. */
  children?: ComponentChildren
}

/** The host, whether they are live, and the number of viewers. */
export function StreamHeader({ channel: { user, stream }, player, isUntitled, children }: Props) {
  const { view, reason } = player
  // The player has the latest state. While it loads or is kept out, the API's state is shown.
  const isUnseen = view === 'loading' || reason === 'signedInOnly' || reason === 'forAdults'
  const isLive = view === 'live' || (stream.isLive && isUnseen)
  const viewers = player.viewers ?? stream.viewerCount
  return (
    <header class={styles.header}>
      <Avatar name={user.username} image={user.image} size="l" isLive={isLive} />
      <div class={styles.words}>
        <h1 class={styles.name}>{user.username}</h1>
        <p class={styles.state}>
          {isLive && (
            <>
              <LiveBadge label={sharedStrings.live} />
              <span data-testid="viewer-count">{sharedStrings.viewers(viewers)}</span>
            </>
          )}
          {view === 'reconnecting' && <LiveBadge label={sharedStrings.backSoon} tone="soon" />}
          {!isLive && view === 'offline' && sharedStrings.offline}
        </p>
      </div>
      {children && <div class={styles.actions}>{children}</div>}
      {!isUntitled && (
        <p class={styles.title} dir="auto" data-testid="title">
          {stream.title || strings.untitled}
        </p>
      )}
    </header>
  )
}
