import type { ComponentChildren } from 'preact'
import styles from './Actions.module.css'

/** The row of buttons at the end of a dialog or form. */
export function Actions({ children }: { children: ComponentChildren }) {
  return <div class={styles.actions}>{children}</div>
}
