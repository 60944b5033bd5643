import type { Stream } from '../../api/types'
import * as sharedStrings from '../../lib/strings'
import { LiveBadge } from '../../ui/LiveBadge'
import { EndBroadcast } from './EndBroadcast'
import styles from './OwnBar.module.css'

interface Props {
  stream: Stream
  /** The number of viewers in the room, or null outside it. */
  viewers: number | null
  onEnded(): void
}

/** What a creator needs next to the chat in a dock of OBS: the state, the viewers, and the end of the broadcast. */
export default function OwnBar({ stream: { state, viewerCount }, viewers, onEnded }: Props) {
  const isLive = state === 'live'
  return (
    <div class={styles.bar} data-testid="own-bar">
      <LiveBadge
        label={isLive ? sharedStrings.live : sharedStrings.backSoon}
        tone={isLive ? 'live' : 'soon'}
      />
      {isLive && (
        <span data-testid="viewer-count">{sharedStrings.viewers(viewers ?? viewerCount)}</span>
      )}
      <EndBroadcast isSending={isLive} onEnded={onEnded} />
    </div>
  )
}
