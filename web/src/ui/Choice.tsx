import { Button } from './Button'
import styles from './Choice.module.css'

interface Props<Value extends string> {
  /** What is chosen; also said where it is not seen. */
  legend: string
  options: readonly { value: Value; label: string }[]
  chosen: Value
  /** The one that is being saved. */
  saving: Value | null
  onChoose(value: Value): void
}

/**
 * One of a few, each taken by a press: the arrow keys of radio buttons would choose, and so save, each that they pass.
 * The chosen one can be pressed again.
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
