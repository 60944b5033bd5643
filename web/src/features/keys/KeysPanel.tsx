import KeyRound from 'lucide/dist/esm/icons/key-round.mjs'
import RotateCcw from 'lucide/dist/esm/icons/rotate-ccw.mjs'
import { useState } from 'preact/hooks'
import type { Ingress } from '../../api/types'
import { Button } from '../../ui/Button'
import { Card } from '../../ui/Card'
import { Fault } from '../../ui/Fault'
import { Notice } from '../../ui/Notice'
import { Skeleton } from '../../ui/Skeleton'
import { ArmControl } from './ArmControl'
import { addressWithKey } from './address'
import { CopyField } from './CopyField'
import { EncoderStatus } from './EncoderStatus'
import styles from './KeysPanel.module.css'
import { NotApproved } from './NotApproved'
import { ObsSteps } from './ObsSteps'
import { ResetDialog } from './ResetDialog'
import * as strings from './strings'
import { useIngress } from './useIngress'

/** Fast enough for the check mark to appear soon after the encoder starts. */
const RELOAD_MS = 3_000

export function KeysPanel() {
  const { data, refusal, reload, change } = useIngress(RELOAD_MS)
  const [isResetting, setResetting] = useState(false)

  if (refusal?.code === 'not_approved') return <NotApproved />
  if (data === undefined) {
    return refusal ? (
      <Fault refusal={refusal} onRetry={() => void reload()} />
    ) : (
      <Skeleton height="16rem" shape="block" />
    )
  }
  const dialog = (
    <ResetDialog
      isOpen={isResetting}
      current={data?.inputType ?? null}
      onClose={() => setResetting(false)}
      onReset={async () => {
        await reload()
      }}
    />
  )
  return (
    <>
      {data ? (
        <Connection
          ingress={data}
          onReset={() => setResetting(true)}
          onChange={(ingress) => change(() => ingress)}
        />
      ) : (
        <FirstKey onReset={() => setResetting(true)} />
      )}
      {dialog}
    </>
  )
}

function FirstKey({ onReset }: { onReset(): void }) {
  return (
    <Notice icon={KeyRound} title={strings.connectEncoder} text={strings.connectEncoderText}>
      <Button look="primary" onClick={onReset} data-testid="reset-key">
        {strings.createKey}
      </Button>
    </Notice>
  )
}

interface ConnectionProps {
  ingress: Ingress
  onReset(): void
  onChange(ingress: Ingress): void
}

function Connection({ ingress, onReset, onChange }: ConnectionProps) {
  const oneAddress = strings.oneAddress[ingress.inputType]
  return (
    <div class={styles.columns}>
      <div class={styles.column}>
        <ArmControl ingress={ingress} onChange={onChange} />
        <Card
          title={strings.connection}
          action={
            <Button icon={RotateCcw} onClick={onReset} data-testid="reset-key">
              {strings.resetKey}
            </Button>
          }
        >
          <EncoderStatus ingress={ingress} isSettingUp onChange={onChange} />
          <CopyField
            label={strings.server}
            value={ingress.serverUrl}
            testId="server-url"
            copyLabel={strings.copyServer}
          />
          <CopyField
            // A new key starts masked.
            key={ingress.streamKey}
            label={keyLabel(ingress)}
            value={ingress.streamKey}
            testId="stream-key"
            copyLabel={strings.copyKey}
            isSecret
          />
          <p class={styles.hint}>{strings.blanks}</p>
          <CopyField
            key={`one ${ingress.streamKey}`}
            label={oneAddress.label}
            value={addressWithKey(ingress)}
            testId="one-address"
            copyLabel={strings.copyAddress}
            isSecret
          />
          <p class={styles.hint}>{oneAddress.text}</p>
          <p class={styles.hint}>{strings.secretText}</p>
        </Card>
      </div>
      <ObsSteps inputType={ingress.inputType} />
    </div>
  )
}

/** Return the name of the field in OBS for the protocol of the key. */
function keyLabel({ inputType }: Ingress): string {
  return inputType === 'whip' ? strings.bearerToken : strings.streamKey
}
