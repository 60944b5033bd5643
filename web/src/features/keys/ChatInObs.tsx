import { Card } from '../../ui/Card'
import { CopyField } from './CopyField'
import * as strings from './chatInObs.strings'
import styles from './KeysPanel.module.css'

/** The addresses of the chat for OBS, with the names that OBS uses. */
export function ChatInObs({ username }: { username: string }) {
  return (
    <Card title={strings.chatInObs}>
      <CopyField
        label={strings.overlay}
        value={`${location.origin}/overlay/${username}/chat`}
        testId="overlay-address"
        copyLabel={strings.copyOverlay}
      />
      <p class={styles.hint}>{strings.overlaySteps}</p>
      <p class={styles.hint}>{strings.overlayStyle}</p>
      <CopyField
        label={strings.dock}
        value={`${location.origin}/${username}/chat`}
        testId="dock-address"
        copyLabel={strings.copyDock}
      />
      <p class={styles.hint}>{strings.dockSteps}</p>
    </Card>
  )
}
