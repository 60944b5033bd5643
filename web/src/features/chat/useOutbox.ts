import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import type { ChatMessage } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { readStored, writeStored } from '../../lib/storage'
import { useLatest } from '../../lib/useLatest'
import type { ChatApi } from './chatApi'
import { nextToSend, type OutboxEvent, parseOutbox, reduceOutbox, type Unsent } from './outbox'

export interface Outbox {
  unsent: readonly Unsent[]
  write(text: string): void
  retry(id: string): void
  discard(id: string): void
  /** The server has the message: it arrived from the room, or with the history. */
  accepted(id: string): void
}

interface Options {
  host: string
  chatApi: ChatApi
  /** Messages may be sent. */
  isReady: boolean
  /** The broadcast has ended, so messages fail. */
  hasEnded: boolean
  onAccepted(message: ChatMessage): void
  onRefused(refusal: Refusal): void
}

/** Send the reader's messages one by one, and keep unsent ones in the tab's storage, so that they survive a reload. */
export function useOutbox(options: Options): Outbox {
  const { host, chatApi, isReady, hasEnded } = options
  const key = `footlight.outbox.${host}`
  const [unsent, setUnsent] = useState(() => parseOutbox(readStored(key, () => sessionStorage)))
  const current = useRef(unsent)
  const isBusy = useRef(false)
  const latest = useLatest(options)

  const dispatch = useCallback(
    (event: OutboxEvent) => {
      const next = reduceOutbox(current.current, event)
      if (next === current.current) return
      current.current = next
      writeStored(key, next.length > 0 ? JSON.stringify(next) : null, () => sessionStorage)
      setUnsent(next)
    },
    [key],
  )

  useEffect(() => {
    const next = nextToSend(unsent)
    if (!next || isBusy.current) return
    const { id, dueAt } = next
    if (hasEnded) return dispatch({ type: 'failed', id, code: 'host_offline', detail: '' })
    if (!isReady) return
    if (next.state === 'early') {
      const delayMs = (dueAt ?? 0) - Date.now()
      const timer = window.setTimeout(() => dispatch({ type: 'retried', id }), delayMs)
      return () => window.clearTimeout(timer)
    }
    isBusy.current = true
    void send(chatApi, next, latest).then((event) => {
      isBusy.current = false
      dispatch(event)
      // If the room was faster than the response, nothing has changed, and the next message still waits.
      setUnsent([...current.current])
    })
  }, [unsent, isReady, hasEnded, chatApi, dispatch, latest])

  return {
    unsent,
    write: (text) => dispatch({ type: 'written', id: uuid(), text }),
    retry: (id) => dispatch({ type: 'retried', id }),
    discard: (id) => dispatch({ type: 'discarded', id }),
    accepted: useCallback((id) => dispatch({ type: 'accepted', id }), [dispatch]),
  }
}

type Callbacks = Pick<Options, 'onAccepted' | 'onRefused'>

/** Send a message and return what became of it. */
async function send(
  chatApi: ChatApi,
  { id, text }: Unsent,
  callbacks: { current: Callbacks },
): Promise<OutboxEvent> {
  let message: ChatMessage
  try {
    message = await chatApi.post({ id, text })
  } catch (error) {
    const refusal = Refusal.caught(error)
    const { code, retryAfterMs, message: detail } = refusal
    if (code === 'slow_mode' || code === 'rate_limited') {
      return { type: 'early', id, dueAt: Date.now() + (retryAfterMs ?? 1_000) }
    }
    callbacks.current.onRefused(refusal)
    return { type: 'failed', id, code, detail }
  }
  callbacks.current.onAccepted(message)
  return { type: 'accepted', id }
}

/** Return a random UUID. `crypto.randomUUID` needs a secure context, which plain http in the LAN is not. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-4$3-8$4-')
}
