import type { ComponentChildren, FormHTMLAttributes } from 'preact'
import { Button } from '../../ui/Button'
import styles from './AddForm.module.css'

interface Props extends FormHTMLAttributes<HTMLFormElement> {
  /** The label of the button. */
  button: string
  isBusy: boolean
  /** The field. */
  children: ComponentChildren
}

/** A form that adds something to a list. */
export function AddForm({ button, isBusy, children, ...form }: Props) {
  return (
    <form {...form} class={styles.form}>
      {children}
      <Button look="primary" type="submit" isBusy={isBusy}>
        {button}
      </Button>
    </form>
  )
}
