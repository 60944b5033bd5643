import { PageLinks } from '../ui/PageLinks'
import styles from './Footer.module.css'

/** The end of the home page: links to the operator's pages. */
export default function Footer() {
  return (
    <footer class={styles.footer}>
      <PageLinks />
    </footer>
  )
}
