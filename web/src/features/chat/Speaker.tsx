import { useEffect, useRef, useState } from 'preact/hooks'
import type { Message } from './message'
import type { MessageLog } from './messageLog'
import * as strings from './strings'

interface Props {
  log: MessageLog
  version: number
  /** The reader's viewer id: nobody needs to hear their own words. */
  me: string | null
}

/** A screen reader is given this long for what it has to say. */
const PACE_MS = 4_000
const MOST = 3

/** Says what is new to screen readers: politely, a few messages at a time, the rest as a number. */
export function Speaker({ log, version, me }: Props) {
  const [words, setWords] = useState<[id: string, words: string][]>([])
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
      const said = fresh
        .slice(-MOST)
        .map(({ id, from, text }): [string, string] => [id, strings.spokenMessage(from.name, text)])
      const more = fresh.length - said.length
      setWords(more > 0 ? [...said, ['', strings.spokenMore(more)]] : said)
    }, PACE_MS)
  }, [version, log, me])
  useEffect(() => () => window.clearTimeout(timer.current), [])

  return (
    <div class="quiet-label" aria-live="polite" data-testid="chat-speaker">
      {words.map(([id, said]) => (
        <p key={id}>{said}</p>
      ))}
    </div>
  )
}
