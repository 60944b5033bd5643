import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { areShortcutsOn, switchShortcuts } from '../../lib/keys'
import { useStore } from '../../lib/store'
import { Switch } from '../../ui/Switch'
import styles from './ShortcutsPanel.module.css'
import * as strings from './shortcuts.strings'

const KEYS = [
  ['Space, K', strings.playOrPause],
  ['M', strings.muteOrUnmute],
  ['F', strings.fullScreen],
  ['T', strings.theater],
  ['↑ ↓', strings.changeVolume],
  ['/', strings.writeInChat],
] as const

/** The player's shortcuts. Viewers must be able to turn single-key shortcuts off (WCAG 2.1.4). */
export function ShortcutsPanel({ onClose }: { onClose(): void }) {
  const isOn = useStore(areShortcutsOn)
  const panel = useRef<HTMLDivElement>(null)
  const title = useId()
  useLayoutEffect(() => {
    panel.current?.showPopover()
    panel.current?.focus()
  }, [])
  return (
    <div
      ref={panel}
      popover="auto"
      role="dialog"
      aria-labelledby={title}
      tabIndex={-1}
      class={styles.panel}
      onToggle={(event) => event.newState === 'closed' && onClose()}
    >
      <h2 id={title}>{strings.title}</h2>
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
  )
}
