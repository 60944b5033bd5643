import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './Icon'
import styles from './Notice.module.css'

interface Props {
  icon?: IconNode
  title: string
  text?: string
  /** Makes screen readers announce the notice when it appears. */
  isAlert?: boolean
  heading?: 'h1' | 'h2' | 'h3'
  children?: ComponentChildren
}

/** A message in place of content: for an empty list, a failure, or a missing page. */
export function Notice({ icon, title, text, isAlert, heading: Heading = 'h2', children }: Props) {
  return (
    <div class={styles.notice} role={isAlert ? 'alert' : undefined}>
      {icon && (
        <span class={styles.icon}>
          <Icon of={icon} size={28} />
        </span>
      )}
      <Heading class={styles.title}>{title}</Heading>
      {text && <p>{text}</p>}
      {children && <div class={styles.actions}>{children}</div>}
    </div>
  )
}
