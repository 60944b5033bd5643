import Gavel from 'lucide/dist/esm/icons/gavel.mjs'
import LayoutDashboard from 'lucide/dist/esm/icons/layout-dashboard.mjs'
import LogOut from 'lucide/dist/esm/icons/log-out.mjs'
import Tv from 'lucide/dist/esm/icons/tv.mjs'
import { useId, useRef } from 'preact/hooks'
import type { Me } from '../../api/types'
import * as sharedStrings from '../../lib/strings'
import { Avatar } from '../../ui/Avatar'
import { Icon } from '../../ui/Icon'
import styles from './Menu.module.css'
import { signOutWithToast } from './signOutWithToast'
import * as strings from './strings'

/** The menu of a signed-in user. */
export default function Menu({ me: { username, image, isOperator } }: { me: Me }) {
  const id = useId()
  const menu = useRef<HTMLDivElement>(null)
  const close = () => menu.current?.hidePopover()
  return (
    <>
      <button
        type="button"
        class={styles.button}
        popovertarget={id}
        aria-label={strings.menu}
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
              {strings.myChannel}
            </a>
            <a href={`/u/${username}`} onClick={close}>
              <Icon of={LayoutDashboard} size={18} />
              {sharedStrings.dashboard}
            </a>
          </>
        )}
        {isOperator && (
          <a href="/admin" onClick={close}>
            <Icon of={Gavel} size={18} />
            {sharedStrings.admin}
          </a>
        )}
        <button type="button" onClick={() => void signOutWithToast()} data-testid="sign-out">
          <Icon of={LogOut} size={18} />
          {strings.signOut}
        </button>
      </div>
    </>
  )
}
