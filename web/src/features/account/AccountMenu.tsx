import { ErrorBoundary as Suspended, useLocation } from 'preact-iso'
import { account } from '../../lib/account'
import { expectSession, session, signInUrl } from '../../lib/signin'
import { useStore } from '../../lib/store'
import { t } from '../../lib/text'
import { withWords } from '../../lib/withWords'
import { buttonClass } from '../../ui/Button'
import { Skeleton } from '../../ui/Skeleton'

const Menu = withWords(() => import('./Menu'))

/** At the end of the header: the way in, or who one is and the way out. */
export function AccountMenu() {
  const { me } = useStore(account)
  const { status } = useStore(session)
  const { url } = useLocation()

  if (status === 'signedOut') {
    return (
      <a
        href={signInUrl(url)}
        class={buttonClass('primary')}
        onClick={expectSession}
        data-testid="sign-in"
      >
        {t('account.signIn')}
      </a>
    )
  }
  if (status === 'unknown' || !me) return <Skeleton width="2.5rem" height="2.5rem" shape="circle" />
  return (
    <Suspended>
      <Menu username={me.username} image={me.image} />
    </Suspended>
  )
}
