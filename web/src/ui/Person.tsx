import type { ComponentChildren } from 'preact'
import { Avatar } from './Avatar'
import styles from './Person.module.css'

/** A list of people. */
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
  /** A button for an action on the person. */
  action: ComponentChildren
  /** Details about the person. */
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
