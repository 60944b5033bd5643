import { Button } from './Button'
import styles from './Choice.module.css'

interface Props<Value extends string> {
  /** The name of the choice, for screen readers. */
  legend: string
  options: readonly { value: Value; label: string }[]
  /** Null before the first choice. */
  chosen: Value | null
  /** The option whose save is in flight. */
  saving: Value | null
  onChoose(value: Value): void
}

/**
 * A choice of one option out of a few. The options are buttons, because the arrow keys of radio buttons would select, and
 * thus save, every option they pass. The chosen option can be pressed again.
 */
export function Choice<Value extends string>({
  legend,
  options,
  chosen,
  saving,
  onChoose,
}: Props<Value>) {
  return (
    <fieldset class={styles.choice} disabled={saving !== null}>
      <legend class="quiet-label">{legend}</legend>
      {options.map(({ value, label }) => (
        <Button
          key={value}
          class={styles.option ?? ''}
          aria-pressed={chosen === value}
          isBusy={saving === value}
          data-value={value}
          onClick={() => onChoose(value)}
        >
          {label}
        </Button>
      ))}
    </fieldset>
  )
}
