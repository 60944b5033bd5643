import styles from './LiveBadge.module.css'

export function LiveBadge({ label, tone = 'live' }: { label: string; tone?: 'live' | 'soon' }) {
  return (
    <span class={`${styles.badge} ${styles[tone]}`} data-testid="live-badge">
      {label}
    </span>
  )
}
