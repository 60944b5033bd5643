/** Sends what one writes, one message after another, and keeps what could not be sent, over a reload too. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { ChatMessage } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { recall, remember } from '../../lib/remembered'
import { afterwards, nextOf, type OutboxEvent, outboxOf, type Unsent } from './outbox'
import type { Ask } from './useTicket'

export interface Outbox {
  unsent: readonly Unsent[]
  write(text: string): void
  retry(id: string): void
  drop(id: string): void
  /** The server has it: heard from the room, or found in the history. */
  taken(id: string): void
}

interface Told {
  onTaken(message: ChatMessage): void
  onRefused(refusal: Refusal): void
}

export function useOutbox(
  host: string,
  ask: Ask,
  isReady: boolean,
  isOver: boolean,
  told: Told,
): Outbox {
  const key = `footlight.outbox.${host}`
  const [unsent, setUnsent] = useState(() => outboxOf(recall(key, () => sessionStorage)))
  const current = useRef(unsent)
  const isBusy = useRef(false)
  const latest = useRef(told)
  latest.current = told

  const dispatch = useCallback(
    (event: OutboxEvent) => {
      const next = afterwards(current.current, event)
      if (next === current.current) return
      current.current = next
      remember(key, next.length > 0 ? JSON.stringify(next) : null, () => sessionStorage)
      setUnsent(next)
    },
    [key],
  )

  useEffect(() => {
    const next = nextOf(unsent)
    if (!next || isBusy.current) return
    const { id, text, dueAt } = next
    if (isOver) return dispatch({ type: 'failed', id, code: 'host_offline', detail: '' })
    if (!isReady) return
    if (next.state === 'early') {
      const wait = window.setTimeout(
        () => dispatch({ type: 'again', id }),
        (dueAt ?? 0) - Date.now(),
      )
      return () => window.clearTimeout(wait)
    }
    isBusy.current = true
    void ask<ChatMessage>('POST', '', { id, text })
      .then(
        (message): OutboxEvent => {
          latest.current.onTaken(message)
          return { type: 'taken', id }
        },
        (caught): OutboxEvent => {
          const refusal = Refusal.caught(caught)
          const { code, retryAfterMs, message } = refusal
          if (code === 'slow_mode' || code === 'rate_limited') {
            return { type: 'early', id, dueAt: Date.now() + (retryAfterMs ?? 1_000) }
          }
          latest.current.onRefused(refusal)
          return { type: 'failed', id, code, detail: message }
        },
      )
      .then((event) => {
        isBusy.current = false
        dispatch(event)
        // Where the room was quicker than the answer nothing changed, and the next one waits.
        setUnsent([...current.current])
      })
  }, [unsent, isReady, isOver, ask, dispatch])

  return {
    unsent,
    write: (text) => dispatch({ type: 'written', id: uuid(), text }),
    retry: (id) => dispatch({ type: 'again', id }),
    drop: (id) => dispatch({ type: 'dropped', id }),
    taken: useCallback((id) => dispatch({ type: 'taken', id }), [dispatch]),
  }
}

/** `crypto.randomUUID` is there in secure contexts only, and a laptop's address in the LAN is none. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-4$3-8$4-')
}
