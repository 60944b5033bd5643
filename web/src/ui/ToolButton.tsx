import type { IconNode } from 'lucide'
import type { ButtonHTMLAttributes } from 'preact'
import { Icon } from './Icon'
import styles from './ToolButton.module.css'

interface Props extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'icon'> {
  icon: IconNode
  iconSize?: number
}

/** A round button with an icon. Its name is its `title` or `aria-label`. */
export function ToolButton({ icon, iconSize = 20, class: extra, ...rest }: Props) {
  return (
    <button type="button" {...rest} class={`${styles.tool} ${extra ?? ''}`}>
      <Icon of={icon} size={iconSize} />
    </button>
  )
}
