import Check from 'lucide/dist/esm/icons/check.mjs'
import Copy from 'lucide/dist/esm/icons/copy.mjs'
import Eye from 'lucide/dist/esm/icons/eye.mjs'
import EyeOff from 'lucide/dist/esm/icons/eye-off.mjs'
import { useEffect, useId, useState } from 'preact/hooks'
import { Button } from '../../ui/Button'
import { toast } from '../../ui/toast'
import styles from './CopyField.module.css'
import * as strings from './strings'

interface Props {
  label: string
  value: string
  copyLabel: string
  testId: string
  /** Masked until shown. While masked, the page doesn't contain the value, so no screen capture can show it. */
  isSecret?: boolean
}

const SHOWN_MS = 30_000
const CHECK_MARK_MS = 1_500
const MASK = '•'.repeat(24)

export function CopyField({ label, value, copyLabel, testId, isSecret = false }: Props) {
  const id = useId()
  const [isShown, setShown] = useState(!isSecret)
  const [isCopied, setCopied] = useState(false)

  useEffect(() => {
    if (!isSecret || !isShown) return
    const timer = window.setTimeout(() => setShown(false), SHOWN_MS)
    return () => window.clearTimeout(timer)
  }, [isSecret, isShown])
  useEffect(() => {
    if (!isCopied) return
    const timer = window.setTimeout(() => setCopied(false), CHECK_MARK_MS)
    return () => window.clearTimeout(timer)
  }, [isCopied])

  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value)
      setCopied(true)
    } catch {
      // Without https or permission there is no clipboard. Show the value, so that users can copy it by hand.
      setShown(true)
      toast(strings.copyFailed, 'bad')
    }
  }
  return (
    <div class={styles.field}>
      <label for={id}>{label}</label>
      <div class={styles.row}>
        <input
          id={id}
          class={styles.value}
          readOnly
          value={isShown ? value : MASK}
          autocomplete="off"
          spellcheck={false}
          data-testid={testId}
          data-masked={isSecret ? !isShown : undefined}
          onFocus={(event) => event.currentTarget.select()}
        />
        {isSecret && (
          <Button
            icon={isShown ? EyeOff : Eye}
            aria-label={isShown ? strings.hideKey : strings.showKey}
            onClick={() => setShown(!isShown)}
          />
        )}
        <Button icon={isCopied ? Check : Copy} aria-label={copyLabel} onClick={() => void copy()} />
      </div>
      <span class="quiet-label" role="status">
        {isCopied ? strings.copied : ''}
      </span>
    </div>
  )
}
