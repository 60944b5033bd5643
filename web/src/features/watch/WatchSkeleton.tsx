import { Skeleton } from '../../ui/Skeleton'
import styles from './WatchSkeleton.module.css'

/** Placeholders for the header and the cards while the channel loads. */
export function WatchSkeleton() {
  return (
    <div class={styles.skeleton} aria-hidden="true">
      <div class={styles.row}>
        <Skeleton width="3.75rem" height="3.75rem" shape="circle" />
        <div class={styles.words}>
          <Skeleton width="9rem" height="1.3rem" />
          <Skeleton width="5rem" />
        </div>
      </div>
      <Skeleton height="6.5rem" shape="block" />
      <Skeleton height="8.5rem" shape="block" />
    </div>
  )
}
