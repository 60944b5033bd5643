import { useId } from 'preact/hooks'
import styles from './Switch.module.css'

interface Props {
  label: string
  hint: string
  isOn: boolean
  isDisabled?: boolean
  onChange(isOn: boolean): void
}

export function Switch({ label, hint, isOn, isDisabled, onChange }: Props) {
  const id = useId()
  return (
    <div class={styles.row}>
      <div>
        <label for={id} class={styles.label}>
          {label}
        </label>
        <p id={`${id}-hint`} class={styles.hint}>
          {hint}
        </p>
      </div>
      <input
        id={id}
        type="checkbox"
        role="switch"
        class={styles.switch}
        checked={isOn}
        aria-checked={isOn}
        disabled={isDisabled}
        aria-describedby={`${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </div>
  )
}
