import { expectSession, signInUrl } from '../../lib/signin'
import * as sharedStrings from '../../lib/strings'
import { buttonClass } from '../../ui/Button'
import * as strings from './strings'
import styles from './VideoPlayer.module.css'

/** What guests see while only signed-in viewers may watch. */
export function SignInToWatch() {
  return (
    <>
      <p class={styles.words}>{strings.signedInOnly}</p>
      <p class={styles.aside}>{strings.signedInOnlyText}</p>
      <a href={signInUrl()} onClick={expectSession} class={buttonClass('primary')}>
        {sharedStrings.signIn}
      </a>
    </>
  )
}
