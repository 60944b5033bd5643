import styles from './Avatar.module.css'
import { hueOf } from './hue'

interface Props {
  name: string
  image: string | null
  size?: 's' | 'm' | 'l'
  isLive?: boolean
}

/** A picture, or the first letter of the name in its color. Hidden from screen readers, because the name is next to it. */
export function Avatar({ name, image, size = 'm', isLive = false }: Props) {
  return (
    <span
      class={`${styles.avatar} ${styles[size]} ${isLive ? styles.live : ''}`}
      style={{ '--hue': hueOf(name) }}
      aria-hidden="true"
    >
      {image ? <img src={image} alt="" loading="lazy" /> : name.charAt(0).toUpperCase()}
    </span>
  )
}
