import { expectSession, signInUrl } from '../../lib/signin'
import { t } from '../../lib/text'
import { buttonClass } from '../../ui/Button'
import styles from './VideoPlayer.module.css'

/** In front of the stage while only signed-in viewers may watch. */
export default function SignInToWatch() {
  return (
    <>
      <p class={styles.words}>{t('watch.signedInOnly')}</p>
      <p class={styles.aside}>{t('watch.signedInOnlyText')}</p>
      <a href={signInUrl()} onClick={expectSession} class={buttonClass('primary')}>
        {t('account.signIn')}
      </a>
    </>
  )
}
