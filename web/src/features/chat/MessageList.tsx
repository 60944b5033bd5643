import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { useLatest } from '../../lib/useLatest'
import styles from './MessageList.module.css'
import { MessageRow } from './MessageRow'
import type { Message } from './message'
import type { MessageLog } from './messageLog'
import * as strings from './messages.strings'
import { roleOf } from './participants'

interface Props {
  log: MessageLog
  /** Grows with each change that should be shown. */
  version: number
  moderatorIds: readonly string[]
  /** The reader's own name. */
  me: string | null
  /** Keeps the list still while a menu is open. */
  isHeld: boolean
  hasOlder: boolean
  loadOlder(): Promise<void>
  onMenu(message: Message, opener: HTMLElement): void
  /** The reader's messages that the server has not accepted yet. */
  unsent: { id: string; row: ComponentChildren }[]
}

/** The reader counts as being at the end within this distance. */
const END_PX = 40
/** Older messages are loaded within this distance from the start. */
const START_PX = 300

/** Renders only the visible messages, and stays at the newest one unless the reader has scrolled up. */
export function MessageList(props: Props) {
  const { log, moderatorIds, me, isHeld, hasOlder, loadOlder, onMenu, unsent } = props
  const { messages } = log
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useRef<VirtualizerHandle>(null)
  const isAtEnd = useRef(true)
  const lastTop = useRef(0)
  const first = useRef<Message | undefined>(undefined)
  /** The newest message when the reader scrolled up; null while they are at the end. */
  const [seen, setSeen] = useState<Message | null>(null)
  const [isLoading, setLoading] = useState(false)
  const [active, setActive] = useState<string | null>(null)
  const isLoadingNow = useRef(false)
  const held = useLatest(isHeld)

  const hasFirstChanged = first.current !== messages[0]
  useLayoutEffect(() => {
    first.current = messages[0]
  })

  const toEnd = () => {
    const element = scroller.current
    if (element && isAtEnd.current && !held.current) element.scrollTop = element.scrollHeight
  }
  const jump = () => {
    isAtEnd.current = true
    toEnd()
  }
  // Heights change when rows are measured, when messages arrive, and when a phone's keyboard opens.
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const watcher = new ResizeObserver(toEnd)
    watcher.observe(element)
    for (const child of element.children) watcher.observe(child)
    return () => watcher.disconnect()
  }, [])
  useLayoutEffect(() => {
    if (!isHeld) toEnd()
  }, [isHeld])

  // A reader who posts wants to see the message.
  const written = unsent.at(-1)?.id
  useLayoutEffect(() => {
    if (written) jump()
  }, [written])

  const showOlder = async () => {
    if (isLoadingNow.current || !hasOlder) return
    isLoadingNow.current = true
    setLoading(true)
    try {
      await loadOlder()
    } catch {
      // Scrolling retries it.
    } finally {
      isLoadingNow.current = false
      setLoading(false)
    }
  }
  useEffect(() => {
    const element = scroller.current
    if (element && element.scrollHeight <= element.clientHeight) void showOlder()
  }, [props.version])

  const onScroll = () => {
    const element = scroller.current
    if (!element) return
    const { scrollTop, scrollHeight, clientHeight } = element
    // A list that grows moves no reader, and must not be taken for scrolling up.
    const below = scrollHeight - scrollTop - clientHeight
    if (below > 1 && scrollTop < lastTop.current) isAtEnd.current = false
    else if (below < END_PX) isAtEnd.current = true
    lastTop.current = scrollTop
    if (isAtEnd.current) setSeen(null)
    else setSeen((before) => before ?? messages.at(-1) ?? null)
    if (scrollTop < START_PX) void showOlder()
  }

  // The focused row may have been deleted.
  const activeAt = active ? messages.findIndex(({ id }) => id === active) : -1
  const isActiveGone = active !== null && activeAt < 0
  useEffect(() => {
    if (!isActiveGone) return
    setActive(null)
    if (document.activeElement === document.body) scroller.current?.focus()
  }, [isActiveGone])

  const focusRow = (index: number) => {
    const message = messages[index]
    if (!message) return
    setActive(message.id)
    rows.current?.scrollToIndex(index, { align: 'nearest' })
    // A row that was never visible is hidden until it is measured.
    let tries = 9
    const focus = () => {
      const button = menuOf(scroller.current, message.id)
      button?.focus()
      if (tries-- && document.activeElement !== button) requestAnimationFrame(focus)
    }
    requestAnimationFrame(focus)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-id]')
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return
    const at = messages.findIndex(({ id }) => id === row.dataset.id)
    const target = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: messages.length - 1 }[
      event.key
    ]
    if (target === undefined) return
    event.preventDefault()
    focusRow(target)
  }

  /** Return whether Tab reaches this row: the row that had the focus, or the last visible one. */
  const isActive = (message: Message, index: number) => {
    if (active) return message.id === active
    const list = rows.current
    if (!list?.viewportSize) return index === messages.length - 1
    return (
      index ===
      Math.min(messages.length - 1, list.findItemIndex(list.scrollOffset + list.viewportSize - 8))
    )
  }

  const unread = seen ? log.countAfter(seen) : 0
  return (
    <div class={styles.frame}>
      <div
        ref={scroller}
        class={styles.list}
        role="log"
        // Speaker announces new messages at a limited pace. This list would announce everything on scrolling.
        aria-live="off"
        aria-label={strings.messages}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable list must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocusIn={(event) => {
          const row = (event.target as Element).closest<HTMLElement>('[data-id]')
          if (row?.dataset.id) setActive(row.dataset.id)
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setActive(null)
        }}
        data-testid="chat-messages"
      >
        <div class={styles.room} />
        <Virtualizer
          ref={rows}
          data={{ length: messages.length + unsent.length }}
          shift={hasFirstChanged}
          keepMounted={activeAt < 0 ? [] : [activeAt]}
        >
          {(_: unknown, index: number) => {
            const message = messages[index]
            if (message) {
              return (
                <MessageRow
                  key={message.id}
                  message={message}
                  role={roleOf(message.from.identity, moderatorIds)}
                  me={me}
                  isActive={isActive(message, index)}
                  onMenu={onMenu}
                />
              )
            }
            const own = unsent[index - messages.length]
            return <div key={own?.id}>{own?.row}</div>
          }}
        </Virtualizer>
      </div>
      {isLoading && (
        <p class={styles.older} role="status">
          {strings.loadingOlder}
        </p>
      )}
      {seen && (
        <button type="button" class={styles.news} onClick={jump} data-testid="new-messages">
          <span aria-hidden="true">↓</span>
          {unread > 0 ? strings.newMessages(unread) : strings.toNewest}
        </button>
      )}
    </div>
  )
}

function menuOf(list: HTMLElement | null, id: string): HTMLElement | null {
  const row = list?.querySelector(`[data-id="${CSS.escape(id)}"]`)
  return row?.querySelector<HTMLElement>('[aria-haspopup]') ?? null
}
