import type { InputType } from '../../api/types'
import { Card } from '../../ui/Card'
import styles from './ObsSteps.module.css'
import * as strings from './strings'

/** Lists what to click in OBS, with the names that OBS uses. */
export function ObsSteps({ inputType }: { inputType: InputType }) {
  return (
    <Card title={strings.inObs}>
      <ol class={styles.steps}>
        {strings.obsSteps[inputType].map(({ name, text }) => (
          <li key={name}>
            <div>
              <b>{name}</b>
              <p>{text}</p>
            </div>
          </li>
        ))}
      </ol>
      <ul class={styles.hints}>
        {strings.obsHints[inputType].map((hint) => (
          <li key={hint}>{hint}</li>
        ))}
      </ul>
    </Card>
  )
}
