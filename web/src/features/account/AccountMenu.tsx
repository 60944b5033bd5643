import LayoutDashboard from 'lucide/dist/esm/icons/layout-dashboard.mjs'
import LogOut from 'lucide/dist/esm/icons/log-out.mjs'
import Tv from 'lucide/dist/esm/icons/tv.mjs'
import { useId, useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { account } from '../../lib/account'
import { expectSession, session, signInUrl, signOut } from '../../lib/signin'
import { useStore } from '../../lib/store'
import { t } from '../../lib/text'
import { Avatar } from '../../ui/Avatar'
import { buttonClass } from '../../ui/Button'
import { Icon } from '../../ui/Icon'
import { Skeleton } from '../../ui/Skeleton'
import { toast } from '../../ui/toast'
import styles from './AccountMenu.module.css'

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
  return <Menu username={me.username} image={me.image} />
}

function Menu({ username, image }: { username: string | null; image: string | null }) {
  const id = useId()
  const menu = useRef<HTMLDivElement>(null)
  const close = () => menu.current?.hidePopover()
  return (
    <>
      <button
        type="button"
        class={styles.button}
        popovertarget={id}
        aria-label={t('account.menu')}
        data-testid="user-menu"
      >
        <Avatar name={username ?? '?'} image={image} />
      </button>
      <div ref={menu} id={id} class={styles.menu} popover="auto">
        {username && (
          <>
            <p class={styles.name}>{username}</p>
            <a href={`/${username}`} onClick={close}>
              <Icon of={Tv} size={18} />
              {t('account.myChannel')}
            </a>
            <a href={`/u/${username}`} onClick={close}>
              <Icon of={LayoutDashboard} size={18} />
              {t('account.dashboard')}
            </a>
          </>
        )}
        <button type="button" onClick={() => void leave()} data-testid="sign-out">
          <Icon of={LogOut} size={18} />
          {t('account.signOut')}
        </button>
      </div>
    </>
  )
}

/** Ends the session, or says that it could not be ended. */
export async function leave(): Promise<void> {
  try {
    await signOut()
  } catch {
    toast(t('account.signOutFailed'), 'bad')
  }
}
