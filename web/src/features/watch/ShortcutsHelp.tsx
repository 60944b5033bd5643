import Keyboard from 'lucide/dist/esm/icons/keyboard.mjs'
import { useId } from 'preact/hooks'
import { useStore } from '../../lib/store'
import { t } from '../../lib/text'
import { Icon } from '../../ui/Icon'
import { Switch } from '../../ui/Switch'
import styles from './ShortcutsHelp.module.css'
import { areShortcutsOn, switchShortcuts } from './shortcuts'

const KEYS = [
  ['Space, K', 'watch.keyPause'],
  ['M', 'watch.keyMute'],
  ['F', 'watch.keyFullscreen'],
  ['↑ ↓', 'watch.keyVolume'],
  ['/', 'watch.keyChat'],
] as const

/** A button that lists the player's keys and switches them off, as single-key shortcuts must let one do. */
export function ShortcutsHelp({ class: control }: { class: string }) {
  const isOn = useStore(areShortcutsOn)
  const id = useId()
  return (
    <>
      <button
        type="button"
        class={`${control} ${styles.opener}`}
        aria-label={t('watch.keys')}
        popovertarget={id}
      >
        <Icon of={Keyboard} size={22} />
      </button>
      <div id={id} popover="auto" class={styles.panel}>
        <h2>{t('watch.keys')}</h2>
        <dl class={styles.keys}>
          {KEYS.map(([key, words]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{t(words)}</dd>
            </div>
          ))}
        </dl>
        <Switch
          label={t('watch.keysSwitch')}
          hint={t('watch.keysSwitchHint')}
          isOn={isOn}
          onChange={switchShortcuts}
        />
      </div>
    </>
  )
}
