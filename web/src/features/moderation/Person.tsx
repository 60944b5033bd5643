import type { ComponentChildren } from 'preact'
import { Avatar } from '../../ui/Avatar'
import styles from './Person.module.css'

/** People one under another. */
export function People({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <ul class={styles.people} aria-label={label} tabIndex={-1}>
      {children}
    </ul>
  )
}

interface Props {
  name: string
  image?: string | null
  /** What can be done about them. */
  action: ComponentChildren
  /** What there is to say about them. */
  children?: ComponentChildren
}

/** A row of `People`. */
export function Person({ name, image = null, action, children }: Props) {
  return (
    <li class={styles.person}>
      <Avatar name={name} image={image} />
      <div class={styles.words}>
        <p class={styles.name}>
          <bdi>{name}</bdi>
        </p>
        <div class={styles.more}>{children}</div>
      </div>
      {action}
    </li>
  )
}
