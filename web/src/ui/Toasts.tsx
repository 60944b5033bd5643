import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import styles from './Toasts.module.css'
import type { Action, Tone } from './toast'

interface Toast {
  id: number
  text: string
  tone: Tone
  action: Action | undefined
}

const SHOWN_MS = 5_000
/** Toasts with an action stay longer, so that users have time to decide. */
const WITH_ACTION_MS = 10_000
/** Screen readers announce changes to a live region only if it existed before, so it is added this much earlier. */
const SETTLE_MS = 100
const MAX_TOASTS = 3

let toasts: Toast[] = []
let nextId = 0
let root: HTMLElement | null = null

export function showToast(text: string, tone: Tone, action?: Action): void {
  nextId += 1
  const id = nextId
  const isFirst = root === null
  if (isFirst) draw()
  setTimeout(
    () => {
      toasts = [...toasts.slice(1 - MAX_TOASTS), { id, text, tone, action }]
      draw()
      setTimeout(() => close(id), action ? WITH_ACTION_MS : SHOWN_MS)
    },
    isFirst ? SETTLE_MS : 0,
  )
}

function close(id: number): void {
  toasts = toasts.filter((toast) => toast.id !== id)
  draw()
}

function draw(): void {
  root ??= document.body.appendChild(document.createElement('div'))
  render(<Toasts toasts={toasts} />, root)
}

function Toasts({ toasts }: { toasts: Toast[] }) {
  const element = useRef<HTMLDivElement>(null)

  useEffect(() => {
    // A popover covers only dialogs that were opened before it, so reopen it for each toast.
    const popover = element.current
    if (!popover?.showPopover) return
    if (popover.matches(':popover-open')) popover.hidePopover()
    if (toasts.length > 0) popover.showPopover()
  }, [toasts])

  return (
    <div ref={element} class={styles.toasts} popover="manual" role="status" aria-live="polite">
      {toasts.map(({ id, text, tone, action }) => (
        <p key={id} class={`${styles.toast} ${styles[tone]}`}>
          {text}
          {action && (
            <button
              type="button"
              class={styles.action}
              onClick={() => {
                close(id)
                action.apply()
              }}
            >
              {action.label}
            </button>
          )}
        </p>
      ))}
    </div>
  )
}
