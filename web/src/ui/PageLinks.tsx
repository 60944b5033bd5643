import { config } from '../lib/config'
import { useStore } from '../lib/store'
import styles from './PageLinks.module.css'

interface Props {
  /** The pages to link, if they exist. All by default. */
  names?: string[]
  /** `_top` replaces this page, `_blank` opens a tab. The router leaves both to the browser: the pages are files. */
  target?: '_top' | '_blank'
}

/** Links to the pages that the operator has written, such as the terms. */
export function PageLinks({ names, target = '_top' }: Props) {
  const pages = Object.entries(useStore(config).pages ?? {})
  const shown = names ? pages.filter(([name]) => names.includes(name)) : pages
  if (shown.length === 0) return null
  return (
    <p class={styles.links}>
      {shown.map(([name, title]) => (
        <a key={name} href={`/${name}`} target={target}>
          {title}
        </a>
      ))}
    </p>
  )
}
