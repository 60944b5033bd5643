import Keyboard from 'lucide/dist/esm/icons/keyboard.mjs'
import { useId } from 'preact/hooks'
import { useStore } from '../../lib/store'
import { Icon } from '../../ui/Icon'
import { Switch } from '../../ui/Switch'
import * as strings from './controls.strings'
import styles from './ShortcutsHelp.module.css'
import { areShortcutsOn, switchShortcuts } from './shortcuts'

const KEYS = [
  ['Space, K', strings.playOrPause],
  ['M', strings.muteOrUnmute],
  ['F', strings.fullScreen],
  ['↑ ↓', strings.changeVolume],
  ['/', strings.writeInChat],
] as const

/** A button that lists the player's shortcuts. Viewers must be able to turn single-key shortcuts off (WCAG 2.1.4). */
export function ShortcutsHelp({ class: control }: { class: string }) {
  const isOn = useStore(areShortcutsOn)
  const id = useId()
  return (
    <>
      <button
        type="button"
        class={`${control} ${styles.opener}`}
        aria-label={strings.shortcuts}
        popovertarget={id}
      >
        <Icon of={Keyboard} size={22} />
      </button>
      <div id={id} popover="auto" class={styles.panel}>
        <h2>{strings.shortcuts}</h2>
        <dl class={styles.keys}>
          {KEYS.map(([key, effect]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{effect}</dd>
            </div>
          ))}
        </dl>
        <Switch
          label={strings.shortcutsSwitch}
          hint={strings.shortcutsHint}
          isOn={isOn}
          onChange={switchShortcuts}
        />
      </div>
    </>
  )
}
