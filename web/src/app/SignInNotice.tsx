import X from 'lucide/dist/esm/icons/x.mjs'
import { expectSession, signInUrl } from '../lib/signin'
import { Button } from '../ui/Button'
import styles from './SignInNotice.module.css'
import type { SignInNews } from './signInNews'
import * as strings from './signInNotice.strings'

export function SignInNotice({ news, onDismiss }: { news: SignInNews; onDismiss(): void }) {
  return (
    <div class={styles.notice} role="alert">
      <p>
        {strings.reasons[news]}{' '}
        {!news.startsWith('passkey') && (
          <a href={signInUrl()} onClick={expectSession}>
            {strings.tryAgain}
          </a>
        )}
      </p>
      <Button look="quiet" icon={X} aria-label={strings.dismiss} onClick={onDismiss} />
    </div>
  )
}
