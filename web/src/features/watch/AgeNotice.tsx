import { useEffect, useRef } from 'preact/hooks'
import { useLocation } from 'preact-iso'
import { Button } from '../../ui/Button'
import styles from './AgeNotice.module.css'
import { confirmAge } from './adults'
import * as strings from './age.strings'

/** Takes the place of picture and chat on a channel for adults, until the viewer confirms their age. */
export default function AgeNotice() {
  const { route } = useLocation()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])

  const confirm = () => {
    // The button is about to disappear, and the focus with it.
    document.getElementById('content')?.focus()
    confirmAge()
  }
  const goBack = () => {
    // A page that was opened in a new tab has nothing to go back to.
    if (history.length > 1) history.back()
    else route('/')
  }
  return (
    <div class={styles.notice} data-testid="age-notice">
      <h2 ref={heading} tabIndex={-1} class={styles.title}>
        {strings.forAdults}
      </h2>
      <div class={styles.actions}>
        <Button look="primary" onClick={confirm}>
          {strings.confirmAge}
        </Button>
        <Button onClick={goBack}>{strings.goBack}</Button>
      </div>
    </div>
  )
}
