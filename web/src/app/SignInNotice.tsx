import X from 'lucide/dist/esm/icons/x.mjs'
import { expectSession, signInUrl } from '../lib/signin'
import { t } from '../lib/text'
import { Button } from '../ui/Button'
import styles from './SignInNotice.module.css'
import type { SignInNews } from './signInNews'

export default function SignInNotice({ news, onDismiss }: { news: SignInNews; onDismiss(): void }) {
  return (
    <div class={styles.notice} role="alert">
      <p>
        {t(`account.${news}`)}{' '}
        <a href={signInUrl()} onClick={expectSession}>
          {t('account.signInAgain')}
        </a>
      </p>
      <Button look="quiet" icon={X} aria-label={t('account.dismiss')} onClick={onDismiss} />
    </div>
  )
}
