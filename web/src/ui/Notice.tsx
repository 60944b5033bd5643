import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './Icon'
import styles from './Notice.module.css'

interface Props {
  icon?: IconNode
  title: string
  text?: string
  /** Said aloud when it appears, as for a fault. */
  isAlert?: boolean
  heading?: 'h1' | 'h2' | 'h3'
  children?: ComponentChildren
}

/** What stands where there is nothing else to show: an empty list, a fault, a page that is not there. */
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
