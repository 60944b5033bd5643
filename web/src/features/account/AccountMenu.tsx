import { ErrorBoundary as Suspended, useLocation } from 'preact-iso'
import { account } from '../../lib/account'
import { expectSession, session, signInUrl } from '../../lib/signin'
import { useStore } from '../../lib/store'
import * as sharedStrings from '../../lib/strings'
import { buttonClass } from '../../ui/Button'
import { lazy } from '../../ui/lazy'
import { Skeleton } from '../../ui/Skeleton'

const Menu = lazy(() => import('./Menu'))

/** The end of the header: a sign-in link, or the menu of the signed-in user. */
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
        {sharedStrings.signIn}
      </a>
    )
  }
  if (status === 'unknown' || !me) return <Skeleton width="2.5rem" height="2.5rem" shape="circle" />
  return (
    <Suspended>
      <Menu me={me} />
    </Suspended>
  )
}
