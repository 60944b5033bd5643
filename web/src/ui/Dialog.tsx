import X from 'lucide/dist/esm/icons/x.mjs'
import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { Button } from './Button'
import styles from './Dialog.module.css'

interface Props {
  title: string
  isOpen: boolean
  onClose(): void
  /** The name of the close button. Without it, the dialog can't be closed without an answer. */
  closeLabel?: string
  children: ComponentChildren
}

/** A modal `<dialog>`. The browser keeps the focus in it, closes it on Escape, and makes the page behind it inert. */
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
        // Browsers close the dialog on a second Escape even if `onCancel` prevents it.
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
