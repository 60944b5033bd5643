/** A chat's messages, from two sources: the API's history and the packets of the room. */
import type { Room } from 'livekit-client'
import type { ChatMessage } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import { type Store, store } from '../../lib/store'
import type { ChatApi } from './chatApi'
import { type Message, type Packet, parsePacket, toMessage } from './message'
import { createMessageLog, type MessageLog } from './messageLog'

export interface FeedState {
  /** Grows with each change of the log that should be shown, at most once per frame of the screen. */
  version: number
  status: 'waiting' | 'loading' | 'ready' | 'broken'
  refusal: Refusal | null
  /** The connection is lost, and the client is trying to restore it. */
  isInterrupted: boolean
  /** When the reader's timeout ends, in milliseconds; null if they are not in timeout. */
  timedOutUntil: number | null
}

export interface MessageFeed {
  log: MessageLog
  state: Store<FeedState>
  /** Load the newest page and follow the room's packets. Return a function that stops. */
  follow(room: Room): () => void
  /** Load the newest page. Resolves with false if that failed. */
  load(): Promise<boolean>
  hasOlder(): boolean
  /** Load the page before the oldest message. Throws `Refusal`. */
  loadOlder(): Promise<void>
  add(message: Message): void
  /** Return whether a viewer is in timeout, as far as this page has received it. */
  isTimedOut(viewerId: string): boolean
  setTimedOutUntil(until: number | null): void
  close(): void
}

interface Reader {
  /** The reader's viewer id; null before there is a token. */
  me: string | null
  /** The server has a message of the reader's, from any of their tabs. */
  onOwn(id: string): void
}

const TOPIC = 'chat.v1'
const MAX_MESSAGES = 10_000
/** After a gap at most this many pages are loaded. Scrolling up loads older ones. */
const MAX_PAGES = 4
/** Viewers who lost their connection together load the missed messages spread over this. */
const SPREAD_MS = 4_000
const RETRY_MS = 5_000

export function createMessageFeed(chatApi: ChatApi, reader: () => Reader): MessageFeed {
  const log = createMessageLog()
  const state = store<FeedState>({
    version: 0,
    status: 'waiting',
    refusal: null,
    isInterrupted: false,
    timedOutUntil: null,
  })
  const timeouts = new Map<string, number>()
  let older: string | null = null
  let frame = 0

  const update = (changes: Partial<FeedState>) => state.set({ ...state.get(), ...changes })
  const render = () => update({ version: state.get().version + 1 })
  const renderInNextFrame = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0
      render()
    })
  }
  const reportOwn = (message: Message) => {
    if (message.viewerId === reader().me) reader().onOwn(message.id)
  }

  const add = (message: Message) => {
    reportOwn(message)
    if (!log.add(message)) return
    if (log.messages.length > MAX_MESSAGES) {
      log.trim(MAX_MESSAGES - MAX_MESSAGES / 10)
      // The cursor points before the messages just dropped: continuing from it would leave a gap.
      older = null
    }
    renderInNextFrame()
  }

  const loadNewest = async () => {
    const [oldest, newest] = [log.messages[0], log.messages.at(-1)]
    const messages: ChatMessage[] = []
    let page = await chatApi.messages()
    messages.unshift(...page.messages)
    for (let pages = 1; pages < MAX_PAGES; pages += 1) {
      const isGapClosed = !oldest || (messages[0]?.sentAt ?? 0) <= oldest.sentAt
      if (!page.before || isGapClosed) break
      page = await chatApi.messages(page.before)
      messages.unshift(...page.messages)
    }
    const received = messages.map(toMessage)
    log.renew(received, newest)
    older = page.before
    const { timedOutUntil } = page.you
    update({
      status: 'ready',
      refusal: null,
      timedOutUntil: timedOutUntil ? Date.parse(timedOutUntil) : null,
    })
    received.forEach(reportOwn)
    renderInNextFrame()
  }

  const whileNotReady = (status: FeedState['status']) =>
    state.get().status === 'ready' ? 'ready' : status
  const load = async (): Promise<boolean> => {
    update({ status: whileNotReady('loading') })
    try {
      await loadNewest()
      return true
    } catch (error) {
      update({ refusal: Refusal.caught(error), status: whileNotReady('broken') })
      return false
    }
  }

  const onTimeout = (viewerId: string, at: number, until: number | null) => {
    // By this device's clock, which may differ from the server's.
    const end = until && until - at + Date.now()
    if (viewerId === reader().me) update({ timedOutUntil: end })
    timeouts.set(viewerId, end ?? 0)
    return end
  }
  const onPacket = (packet: Packet) => {
    switch (packet.type) {
      case 'message':
        return add(packet.message)
      case 'deleted':
        log.remove(packet.id)
        break
      case 'timedOut':
        if (!onTimeout(packet.viewerId, packet.at, packet.until)) return
        log.purge(packet.viewerId, packet.at)
        break
      case 'purged':
        log.purge(packet.viewerId, packet.at)
        break
      case 'cleared':
        log.clear(packet.at)
        break
    }
    renderInNextFrame()
  }

  const follow = (room: Room) => {
    let isOver = false
    let timer = 0
    const catchUp = async () => {
      if ((await load()) || isOver) return
      timer = window.setTimeout(catchUp, RETRY_MS * (1 + Math.random()))
    }
    const onData = (payload: Uint8Array, sender: unknown, _: unknown, topic?: string) => {
      // The server's packets have no sender. No participant may send any.
      if (sender || topic !== TOPIC) return
      const packet = parsePacket(payload)
      if (packet) onPacket(packet)
    }
    const onInterrupted = () => update({ isInterrupted: true })
    const onResumed = () => {
      update({ isInterrupted: false })
      timer = window.setTimeout(catchUp, Math.random() * SPREAD_MS)
    }
    room.on('dataReceived', onData).on('reconnecting', onInterrupted).on('reconnected', onResumed)
    update({ isInterrupted: false })
    void catchUp()
    return () => {
      isOver = true
      window.clearTimeout(timer)
      room
        .off('dataReceived', onData)
        .off('reconnecting', onInterrupted)
        .off('reconnected', onResumed)
    }
  }

  return {
    log,
    state,
    follow,
    load,
    hasOlder: () => older !== null,
    async loadOlder() {
      const cursor = older
      if (!cursor) return
      const page = await chatApi.messages(cursor)
      // The log may have been renewed in the meantime.
      if (older !== cursor) return
      older = page.before
      for (const message of page.messages) log.add(toMessage(message))
      render()
    },
    add,
    isTimedOut: (viewerId) => (timeouts.get(viewerId) ?? 0) > Date.now(),
    setTimedOutUntil: (timedOutUntil) => update({ timedOutUntil }),
    close: () => cancelAnimationFrame(frame),
  }
}
