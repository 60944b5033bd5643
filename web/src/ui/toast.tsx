/** Short words about what just happened, over everything, for a few seconds. */
import { useEffect, useRef, useState } from 'preact/hooks'
import styles from './toast.module.css'

interface Toast {
  id: number
  text: string
  tone: 'good' | 'bad'
}

let show: (toast: Toast) => void = () => {}
let nextId = 0

const LIFE_MS = 5_000

export function toast(text: string, tone: Toast['tone'] = 'good'): void {
  nextId += 1
  show({ id: nextId, text, tone })
}

export function Toasts() {
  const [toasts, setToasts] = useState<Toast[]>([])
  const element = useRef<HTMLDivElement>(null)

  useEffect(() => {
    show = (fresh) => {
      setToasts((all) => [...all.slice(-2), fresh])
      setTimeout(() => setToasts((all) => all.filter(({ id }) => id !== fresh.id)), LIFE_MS)
    }
    return () => {
      show = () => {}
    }
  }, [])

  useEffect(() => {
    // A popover lies above dialogs that were opened before it, so it is opened anew for each toast.
    const popover = element.current
    if (!popover?.showPopover) return
    if (popover.matches(':popover-open')) popover.hidePopover()
    if (toasts.length > 0) popover.showPopover()
  }, [toasts])

  return (
    <div ref={element} class={styles.toasts} popover="manual" role="status" aria-live="polite">
      {toasts.map(({ id, text, tone }) => (
        <p key={id} class={`${styles.toast} ${styles[tone]}`}>
          {text}
        </p>
      ))}
    </div>
  )
}
