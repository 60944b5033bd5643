import X from 'lucide/dist/esm/icons/x.mjs'
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './Button'
import styles from './Dialog.module.css'

interface Props {
  title: string
  isOpen: boolean
  onClose(): void
  /** Name of the button that closes; none where the dialog must be answered. */
  closeLabel?: string
  children: ComponentChildren
}

/** A modal on the browser's own `<dialog>`: focus stays in it, Escape closes it, the page behind is inert. */
export function Dialog({ title, isOpen, onClose, closeLabel, children }: Props) {
  const element = useRef<HTMLDialogElement>(null)
  const id = useId()

  useLayoutEffect(() => {
    const dialog = element.current
    if (!isOpen) return
    dialog?.showModal()
    return () => dialog?.close()
  }, [isOpen])

  return (
    <dialog
      ref={element}
      class={styles.dialog}
      aria-labelledby={id}
      onClose={() => {
        // Browsers let a second Escape through whatever `onCancel` says.
        if (isOpen && !closeLabel) element.current?.showModal()
        else onClose()
      }}
      onCancel={(event) => {
        if (!closeLabel) event.preventDefault()
      }}
    >
      {isOpen && (
        <div class={styles.body}>
          <div class={styles.head}>
            <h2 id={id}>{title}</h2>
            {closeLabel && (
              <Button look="quiet" icon={X} aria-label={closeLabel} onClick={onClose} />
            )}
          </div>
          {children}
        </div>
      )}
    </dialog>
  )
}

/** The row of buttons at the end of a dialog or a form. */
export function Actions({ children }: { children: ComponentChildren }) {
  return <div class={styles.actions}>{children}</div>
}
