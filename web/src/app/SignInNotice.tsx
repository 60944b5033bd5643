import X from 'lucide/dist/esm/icons/x.mjs'
import { expectSession, signInUrl } from '../lib/signin'
import { Button } from '../ui/Button'
import styles from './SignInNotice.module.css'
import * as strings from './signInNotice.strings'

export type SignInNews = keyof typeof strings.reasons

export function isSignInNews(value: string | null): value is SignInNews {
  return value !== null && Object.hasOwn(strings.reasons, value)
}

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
