import Keyboard from 'lucide/dist/esm/icons/keyboard.mjs'
import { useId, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { Icon } from '../../ui/Icon'
import { lazy } from '../../ui/lazy'
import * as strings from './controls.strings'
import styles from './ShortcutsHelp.module.css'

const ShortcutsList = lazy(() => import('./ShortcutsList'))

/** A button that lists the player's shortcuts. */
export function ShortcutsHelp({ class: control }: { class: string }) {
  const [isAsked, setAsked] = useState(false)
  const id = useId()
  return (
    <>
      <button
        type="button"
        class={`${control} ${styles.opener}`}
        aria-label={strings.shortcuts}
        popovertarget={id}
        onClick={() => setAsked(true)}
      >
        <Icon of={Keyboard} size={22} />
      </button>
      <div id={id} popover="auto" class={styles.panel}>
        <h2>{strings.shortcuts}</h2>
        <Suspended>{isAsked && <ShortcutsList />}</Suspended>
      </div>
    </>
  )
}
