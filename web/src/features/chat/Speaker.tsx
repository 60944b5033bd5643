import { useEffect, useRef, useState } from 'preact/hooks'
import type { Message } from './message'
import type { MessageLog } from './messageLog'
import * as strings from './strings'

interface Props {
  log: MessageLog
  version: number
  /** The reader's viewer id. Their own messages are not announced. */
  me: string | null
}

/** The time between announcements, so that a screen reader can finish each. */
const PACE_MS = 4_000
const MAX_SPOKEN = 3

/** Announces new messages to screen readers: politely, a few at a time, and the rest as a number. */
export function Speaker({ log, version, me }: Props) {
  const [announcements, setAnnouncements] = useState<[id: string, text: string][]>([])
  const last = useRef<Message | undefined>(log.messages.at(-1))
  const timer = useRef(0)

  useEffect(() => {
    timer.current ||= window.setTimeout(() => {
      timer.current = 0
      const { messages } = log
      const count = last.current ? log.countAfter(last.current) : messages.length
      last.current = messages.at(-1)
      const fresh = messages
        .slice(messages.length - count)
        .filter(({ viewerId }) => viewerId !== me)
      if (fresh.length === 0) return
      const spoken = fresh
        .slice(-MAX_SPOKEN)
        .map(({ id, from, text }): [string, string] => [id, strings.spokenMessage(from.name, text)])
      const more = fresh.length - spoken.length
      setAnnouncements(more > 0 ? [...spoken, ['', strings.spokenMore(more)]] : spoken)
    }, PACE_MS)
  }, [version, log, me])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  return (
    <div class="quiet-label" aria-live="polite" data-testid="chat-speaker">
      {announcements.map(([id, text]) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  )
}
