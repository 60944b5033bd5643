/** What has been said in a room: the history, then what the room hears. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { ChatMessage, ChatPage } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { type Message, messageOf, packetOf } from './message'
import { type MessageLog, messageLog } from './messageLog'
import { viewerOf } from './people'
import type { Ask, Joined } from './useTicket'

export interface Messages {
  log: MessageLog
  /** Grows with each change of the log that is to be shown, at most once for each frame of the screen. */
  version: number
  status: 'waiting' | 'loading' | 'ready' | 'broken'
  refusal: Refusal | null
  /** The connection is lost and the client tries to get it back. */
  isInterrupted: boolean
  timedOutUntil: number | null
  /** As far as it was heard of while this page was open. */
  isTimedOut(viewerId: string): boolean
  hasOlder: boolean
  /** Loads the newest page where nobody has asked for it yet, or where that failed. */
  load(): void
  loadOlder(): Promise<void>
  add(sent: ChatMessage): void
  setTimedOutUntil(until: number | null): void
}

const TOPIC = 'chat.v1'
const MOST = 10_000
/** After a gap no more pages than these are asked for; what is older is loaded again by scrolling up. */
const MOST_PAGES = 4
/** Those whom one fault has cut off come back together: what they ask then is spread over this. */
const SPREAD_MS = 4_000
const AGAIN_MS = 5_000

/** `me` is the reader's viewer id; `onOwn` is told of each message of theirs, from whichever tab. */
export function useMessages(
  joined: Joined | null,
  ask: Ask,
  me: string | null,
  onOwn: (id: string) => void,
): Messages {
  const [log] = useState(messageLog)
  const [version, render] = useReducer<number, void>((count) => count + 1, 0)
  const [status, setStatus] = useState<Messages['status']>('waiting')
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const [isInterrupted, setInterrupted] = useState(false)
  const [timedOutUntil, setTimedOutUntil] = useState<number | null>(null)
  const before = useRef<string | null>(null)
  const timeOuts = useRef(new Map<string, number>())
  const frame = useRef(0)
  const latest = useRef({ me, onOwn })
  latest.current = { me, onOwn }

  const show = useCallback(() => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0
      render()
    })
  }, [])
  useEffect(() => () => cancelAnimationFrame(frame.current), [])

  const add = useCallback(
    (message: Message) => {
      if (message.viewerId === latest.current.me) latest.current.onOwn(message.id)
      if (!log.add(message)) return
      if (log.messages.length > MOST) {
        log.trim(MOST - MOST / 10)
        // The cursor points before what was let go of: going on from it would leave a gap.
        before.current = null
      }
      show()
    },
    [log, show],
  )

  const load = useCallback(async () => {
    setStatus((now) => (now === 'ready' ? now : 'loading'))
    const [oldest, newest] = [log.messages[0], log.messages.at(-1)]
    const found: ChatMessage[] = []
    let page: ChatPage
    let cursor: string | null = null
    let count = 0
    do {
      page = await ask<ChatPage>('GET', cursor ? `?before=${encodeURIComponent(cursor)}` : '')
      found.unshift(...page.messages)
      cursor = page.before
      count += 1
    } while (cursor && oldest && count < MOST_PAGES && (found[0]?.sentAt ?? 0) > oldest.sentAt)
    log.renew(found.map(messageOf), newest)
    before.current = cursor
    const { timedOutUntil: until } = page.you
    setTimedOutUntil(until ? Date.parse(until) : null)
    setRefusal(null)
    setStatus('ready')
    for (const { id, from } of found) {
      if (viewerOf(from.identity) === latest.current.me) latest.current.onOwn(id)
    }
    show()
  }, [log, ask, show])

  const tryToLoad = useCallback(async (): Promise<boolean> => {
    try {
      await load()
      return true
    } catch (caught) {
      setRefusal(Refusal.caught(caught))
      setStatus((now) => (now === 'ready' ? now : 'broken'))
      return false
    }
  }, [load])

  useEffect(() => {
    if (!joined) return
    const { room } = joined
    let timer = 0
    const catchUp = async () => {
      if (!(await tryToLoad())) timer = window.setTimeout(catchUp, AGAIN_MS * (1 + Math.random()))
    }
    const onData = (payload: Uint8Array, from: unknown, _: unknown, topic?: string) => {
      // The server's packets come from no participant; nobody else may send any.
      if (from || topic !== TOPIC) return
      const packet = packetOf(payload)
      switch (packet?.type) {
        case 'message':
          return add(packet.message)
        case 'deleted':
          log.remove(packet.id)
          return show()
        case 'purged':
        case 'timedOut': {
          const { type, viewerId, at, until } = packet
          if (type === 'timedOut') {
            // By this computer's clock, which may be another than the server's.
            const end = until && until - at + Date.now()
            if (viewerId === latest.current.me) setTimedOutUntil(end)
            timeOuts.current.set(viewerId, end ?? 0)
            if (!end) return
          }
          log.purge(viewerId, at)
          return show()
        }
        case 'cleared':
          log.clear(packet.at)
          return show()
      }
    }
    const onInterrupted = () => setInterrupted(true)
    const onResumed = () => {
      setInterrupted(false)
      timer = window.setTimeout(catchUp, Math.random() * SPREAD_MS)
    }
    room.on('dataReceived', onData).on('reconnecting', onInterrupted).on('reconnected', onResumed)
    setInterrupted(false)
    void catchUp()
    return () => {
      window.clearTimeout(timer)
      room
        .off('dataReceived', onData)
        .off('reconnecting', onInterrupted)
        .off('reconnected', onResumed)
    }
  }, [joined, log, add, show, tryToLoad])

  return {
    log,
    version,
    status,
    refusal,
    isInterrupted: isInterrupted || (!joined && status === 'ready'),
    timedOutUntil,
    isTimedOut: (viewerId) => (timeOuts.current.get(viewerId) ?? 0) > Date.now(),
    hasOlder: before.current !== null,
    load: () => void tryToLoad(),
    async loadOlder() {
      const cursor = before.current
      if (!cursor) return
      const page = await ask<ChatPage>('GET', `?before=${encodeURIComponent(cursor)}`)
      // The list may have been renewed meanwhile.
      if (before.current !== cursor) return
      before.current = page.before
      for (const message of page.messages) log.add(messageOf(message))
      render()
    },
    add: (sent) => add(messageOf(sent)),
    setTimedOutUntil,
  }
}
