import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import styles from './Card.module.css'

/** A section of a page with a title. */
export function Card({
  title,
  action,
  children,
}: {
  title: string
  action?: ComponentChildren
  children: ComponentChildren
}) {
  const id = useId()
  return (
    <section class={styles.card} aria-labelledby={id}>
      <div class={styles.head}>
        <h2 id={id}>{title}</h2>
        {action}
      </div>
      {children}
    </section>
  )
}
