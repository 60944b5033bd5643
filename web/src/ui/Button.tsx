import type { IconNode } from 'lucide'
import type { ButtonHTMLAttributes } from 'preact'
import styles from './Button.module.css'
import { Icon } from './Icon'

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon'> {
  look?: 'primary' | 'plain' | 'quiet' | 'danger'
  icon?: IconNode
  isBusy?: boolean
}

export function Button({ look = 'plain', icon, isBusy, children, class: extra, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      class={`${styles.button} ${styles[look]} ${children ? '' : styles.icon} ${extra ?? ''}`}
      aria-busy={isBusy}
      disabled={rest.disabled || isBusy}
    >
      {icon && <Icon of={icon} size={18} />}
      {children}
    </button>
  )
}

/** Return the classes that make a link look like a button. */
export function buttonClass(look: 'primary' | 'plain' | 'quiet'): string {
  return `${styles.button} ${styles[look]}`
}
