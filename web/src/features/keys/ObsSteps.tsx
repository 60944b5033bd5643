import type { InputType } from '../../api/types'
import { type Key, t } from '../../lib/text'
import { Card } from '../../ui/Card'
import styles from './ObsSteps.module.css'

/** What to click in OBS, in OBS's own words; the field's name stands before what belongs in it. */
const STEPS = {
  rtmp: [
    ['keys.obsOpen', 'keys.obsOpenPath'],
    ['keys.obsService', 'keys.obsCustom'],
    ['keys.server', 'keys.obsServer'],
    ['keys.streamKey', 'keys.obsKey'],
    ['keys.obsOutput', 'keys.obsKeyframes'],
    ['keys.obsStart', 'keys.obsStartText'],
  ],
  whip: [
    ['keys.obsOpen', 'keys.obsOpenPath'],
    ['keys.obsService', 'keys.obsWhip'],
    ['keys.server', 'keys.obsServer'],
    ['keys.bearerToken', 'keys.obsToken'],
    ['keys.obsOutput', 'keys.obsNoBFrames'],
    ['keys.obsStart', 'keys.obsStartText'],
  ],
} as const satisfies Record<InputType, readonly (readonly [Key, Key])[]>

export function ObsSteps({ inputType }: { inputType: InputType }) {
  return (
    <Card title={t('keys.obs')}>
      <ol class={styles.steps}>
        {STEPS[inputType].map(([name, text]) => (
          <li key={name}>
            <div>
              <b>{t(name)}</b>
              <p>{t(text)}</p>
            </div>
          </li>
        ))}
      </ol>
      <p class={styles.hint}>{t(inputType === 'whip' ? 'keys.whipHint' : 'keys.rtmpHint')}</p>
    </Card>
  )
}
