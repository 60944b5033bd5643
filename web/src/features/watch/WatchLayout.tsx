import type { ComponentChildren } from 'preact'
import styles from './WatchLayout.module.css'

interface Props {
  stage: ComponentChildren
  /** What belongs directly under the player, on a phone before the chat. */
  head: ComponentChildren
  /** The chat: next to the player on a wide page, and below it on a phone. */
  side?: ComponentChildren
  children: ComponentChildren
}

export function WatchLayout({ stage, head, side, children }: Props) {
  return (
    <div class={`${styles.layout} ${side ? styles.sided : ''}`}>
      <div class={styles.stage}>{stage}</div>
      <div class={styles.head}>{head}</div>
      {side && <div class={styles.side}>{side}</div>}
      <div class={styles.details}>{children}</div>
    </div>
  )
}
