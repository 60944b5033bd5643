import { useStore } from '../../lib/store'
import { Switch } from '../../ui/Switch'
import styles from './ShortcutsList.module.css'
import { areShortcutsOn, switchShortcuts } from './shortcuts'
import * as strings from './shortcuts.strings'

const KEYS = [
  ['Space, K', strings.playOrPause],
  ['M', strings.muteOrUnmute],
  ['F', strings.fullScreen],
  ['↑ ↓', strings.changeVolume],
  ['/', strings.writeInChat],
] as const

/** The player's shortcuts. Viewers must be able to turn single-key shortcuts off (WCAG 2.1.4). */
export default function ShortcutsList() {
  const isOn = useStore(areShortcutsOn)
  return (
    <>
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
    </>
  )
}
