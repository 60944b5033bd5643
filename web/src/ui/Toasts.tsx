import { render } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import styles from './Toasts.module.css'
import type { Remedy, Tone } from './toast'

interface Toast {
  id: number
  text: string
  tone: Tone
  remedy: Remedy | undefined
}

const LIFE_MS = 5_000
/** What can be remedied stays until one has read it and decided. */
const LONG_LIFE_MS = 10_000
/** A screen reader speaks of changes to a region that it knows, so the region is there a little before. */
const SETTLE_MS = 100
const MOST = 3

let toasts: Toast[] = []
let nextId = 0
let root: HTMLElement | null = null

export function showToast(text: string, tone: Tone, remedy?: Remedy): void {
  nextId += 1
  const id = nextId
  const isFirst = root === null
  if (isFirst) draw()
  setTimeout(
    () => {
      toasts = [...toasts.slice(1 - MOST), { id, text, tone, remedy }]
      draw()
      setTimeout(() => close(id), remedy ? LONG_LIFE_MS : LIFE_MS)
    },
    isFirst ? SETTLE_MS : 0,
  )
}

function close(id: number): void {
  toasts = toasts.filter((one) => one.id !== id)
  draw()
}

function draw(): void {
  root ??= document.body.appendChild(document.createElement('div'))
  render(<Toasts toasts={toasts} />, root)
}

function Toasts({ toasts }: { toasts: Toast[] }) {
  const element = useRef<HTMLDivElement>(null)

  useEffect(() => {
    // A popover lies above dialogs that were opened before it, so it is opened anew for each toast.
    const popover = element.current
    if (!popover?.showPopover) return
    if (popover.matches(':popover-open')) popover.hidePopover()
    if (toasts.length > 0) popover.showPopover()
  }, [toasts])

  return (
    <div ref={element} class={styles.toasts} popover="manual" role="status" aria-live="polite">
      {toasts.map(({ id, text, tone, remedy }) => (
        <p key={id} class={`${styles.toast} ${styles[tone]}`}>
          {text}
          {remedy && (
            <button
              type="button"
              class={styles.remedy}
              onClick={() => {
                close(id)
                remedy.apply()
              }}
            >
              {remedy.label}
            </button>
          )}
        </p>
      ))}
    </div>
  )
}
