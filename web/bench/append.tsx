/**
 * Compares the chat's list with a list that renders every message. Both receive the server's packets. `bench/append.py`
 * opens this page with `#ours` or `#all` and calls the functions on `window`.
 */
import { render } from 'preact'
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { ChatMessage, ChatPage } from '../src/api/types'
import type { ChatApi } from '../src/features/chat/chatApi'
import { MessageList } from '../src/features/chat/MessageList'
import { parsePacket } from '../src/features/chat/message'
import { nameColor } from '../src/features/chat/nameColor'
import { useMessages } from '../src/features/chat/useMessages'
import type { Joined } from '../src/lib/joinRoom'
import { timeOfDay } from '../src/lib/time'
import '../src/ui/tokens.css'
import './bench.css'

const FIRST = 9_800
const PEOPLE = 200
const FRAME_MS = 1000 / 60
const TEXTS = [
  'Hello!',
  'That was a good one, do it again please',
  'Where does the blue come from? It looks so much deeper than on the other picture.',
  'lol',
  'I have the same board at home, and the left half never woke up after the second flash.',
]

let count = 0
const listeners = new Set<(payload: Uint8Array) => void>()

function message(): ChatMessage {
  count += 1
  const person = count % PEOPLE
  return {
    id: `${count}`.padStart(36, '0'),
    text: `${TEXTS[count % TEXTS.length]} (${count})`,
    sentAt: 1_700_000_000_000 + count * 900,
    from: {
      identity: `${String(person).padStart(32, '0')}:aaaaaaaa`,
      name: `viewer_${person}`,
      role: 'viewer',
    },
    links: [],
  }
}

const history = Array.from({ length: FIRST }, message)

/** Deliver a new message as a packet of the room. */
function deliver(): void {
  const payload = new TextEncoder().encode(JSON.stringify({ type: 'message', ...message() }))
  for (const listener of listeners) listener(payload)
}

const page: ChatPage = {
  messages: history,
  before: null,
  you: { role: 'viewer', timedOutUntil: null },
}

/** An API with one page of messages. */
const historyOnly: ChatApi = {
  messages: async () => page,
  post: () => Promise.reject(new Error('The benchmark posts no messages')),
}

/** The hook and the list of the chat, in a fake room. */
function Ours() {
  const joined = useMemo(fakeRoom, [])
  const messages = useMessages(joined, historyOnly, null, () => {})
  if (messages.status !== 'ready') return null
  return (
    <MessageList
      log={messages.log}
      version={messages.version}
      moderatorIds={[]}
      me={null}
      isHeld={false}
      hasOlder={false}
      loadOlder={messages.loadOlder}
      onMenu={noMenu}
      unsent={[]}
    />
  )
}

function fakeRoom(): Joined {
  const handlers = new Map<unknown, (payload: Uint8Array) => void>()
  const room = {
    on(event: string, listener: (...args: unknown[]) => void) {
      if (event !== 'dataReceived') return room
      const handler = (payload: Uint8Array) => listener(payload, undefined, undefined, 'chat.v1')
      handlers.set(listener, handler)
      listeners.add(handler)
      return room
    },
    off(_: string, listener: unknown) {
      const handler = handlers.get(listener)
      if (handler) listeners.delete(handler)
      return room
    },
  }
  return { room, viewerToken: null } as unknown as Joined
}

interface Line {
  id: string
  time: string
  name: string
  color: string
  text: string
}

function lineOf({ id, sentAt, from, text }: ChatMessage): Line {
  return { id, time: timeOfDay(sentAt), name: from.name, color: nameColor(from.name), text }
}

/** A typical chat: one state with all messages, and one element per message. */
function All() {
  const [lines, setLines] = useState(() => history.map(lineOf))
  useEffect(() => {
    listeners.add((payload) => {
      const packet = parsePacket(payload)
      if (packet?.type === 'message') setLines((before) => [...before, lineOf(packet.message)])
    })
  }, [])
  return (
    <div class="all">
      <div>
        {lines.map((line) => (
          <Row key={line.id} line={line} />
        ))}
      </div>
    </div>
  )
}

function Row({ line: { time, name, color, text } }: { line: Line }) {
  return (
    <div class="row">
      <time>{time}</time>
      <p>
        <strong style={{ color: color }}>{name}</strong>: {text}
      </p>
    </div>
  )
}

const noMenu = () => {}
const frame = () => new Promise<number>(requestAnimationFrame)

/** Return true if the newest message is the last of the list. */
function isAtEnd(): boolean {
  const list = document.querySelector('#place [role=log], .all')
  return list?.lastElementChild?.textContent.includes(`(${count})`) ?? false
}

/** Return the milliseconds from the packet to the layout of its row, without the wait for the frame. */
async function append(): Promise<number> {
  const place = document.getElementById('place') as HTMLElement
  await frame()
  let frameStart = 0
  requestAnimationFrame(() => {
    frameStart = performance.now()
  })
  const deliveredAt = performance.now()
  deliver()
  // A list that doesn't wait for a frame renders now.
  await null
  void place.querySelector('.all')?.scrollHeight
  const beforeFrame = performance.now() - deliveredAt
  await frame()
  void place.querySelector('[role=log]')?.scrollHeight
  return beforeFrame + performance.now() - frameStart
}

/** Deliver messages at a rate for some seconds, and count the frames that the browser dropped. */
async function flood(perSecond: number, seconds: number) {
  const startedAt = performance.now()
  let sent = 0
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) / 1000) * perSecond
    for (; sent < due; sent += 1) deliver()
  }, 5)
  const intervals: number[] = []
  let last = await frame()
  while (performance.now() - startedAt < seconds * 1000) {
    const now = await frame()
    intervals.push(now - last)
    last = now
  }
  clearInterval(timer)
  const all = intervals.reduce((sum, interval) => sum + Math.round(interval / FRAME_MS), 0)
  return {
    sent,
    frames: all,
    dropped: all - intervals.length,
    longestMs: Math.max(...intervals),
  }
}

Object.assign(window, { append, flood, frame, isAtEnd })
render(
  location.hash === '#all' ? <All /> : <Ours />,
  document.getElementById('place') as HTMLElement,
)
