import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import styles from './FloatingMenu.module.css'
import { Icon } from './Icon'

interface Props {
  label: string
  /** The button that opened the menu. The menu opens next to it and returns the focus to it. */
  opener: HTMLElement
  onClose(): void
  children: ComponentChildren
}

const GAP_PX = 4

/** A menu in a popover. Escape or a press outside closes it, and the arrow keys move the focus. */
export function FloatingMenu({ label, opener, onClose, children }: Props) {
  const menu = useRef<HTMLDivElement>(null)

  useLayoutEffect(() => {
    const element = menu.current
    if (!element) return
    element.showPopover?.()
    const { top, bottom, right } = opener.getBoundingClientRect()
    const { offsetWidth: width, offsetHeight: height } = element
    const isBelow = bottom + GAP_PX + height < innerHeight
    const y = isBelow ? bottom + GAP_PX : Math.max(GAP_PX, top - GAP_PX - height)
    element.style.top = `${y}px`
    element.style.left = `${Math.max(GAP_PX, Math.min(right - width, innerWidth - width - GAP_PX))}px`
    opener.setAttribute('aria-expanded', 'true')
    itemsOf(element)[0]?.focus()
    return () => opener.removeAttribute('aria-expanded')
  }, [opener])

  const onKeyDown = (event: KeyboardEvent) => {
    const items = itemsOf(menu.current)
    const at = items.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (to !== undefined) {
      event.preventDefault()
      items.at(to % items.length)?.focus()
    } else if (event.key === 'Tab') {
      event.preventDefault()
      menu.current?.hidePopover()
    }
  }

  return (
    <div
      ref={menu}
      class={styles.menu}
      popover="auto"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      onToggle={(event) => {
        if (event.newState !== 'closed') return
        if (opener.isConnected && document.activeElement === document.body) opener.focus()
        onClose()
      }}
    >
      {children}
    </div>
  )
}

interface ItemProps {
  icon: IconNode
  isDangerous?: boolean
  onPress(): void
  children: ComponentChildren
}

export function MenuItem({ icon, isDangerous, onPress, children }: ItemProps) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      class={`${styles.item} ${isDangerous ? styles.dangerous : ''}`}
      onClick={(event) => {
        event.currentTarget.closest<HTMLElement>('[popover]')?.hidePopover()
        onPress()
      }}
    >
      <Icon of={icon} size={17} />
      <span>{children}</span>
    </button>
  )
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role^="menuitem"]') ?? [])]
}
