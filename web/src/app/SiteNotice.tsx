import styles from './SiteNotice.module.css'

/** What the operators show on every page. */
export function SiteNotice({ text }: { text: string }) {
  return (
    <p class={styles.notice} role="status" data-testid="site-notice">
      <bdi>{text}</bdi>
    </p>
  )
}
