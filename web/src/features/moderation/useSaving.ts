/** Settings that are shown changed at once, saved one after another, and put back where that fails. */
import { useRef } from 'preact/hooks'
import type { OwnStream, StreamChange } from '../../api/types'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { faultText } from '../../ui/Fault'
import { toast } from '../../ui/toast'
import * as strings from './strings'

/** Resolves with whether it was saved. */
export type Save = (change: StreamChange) => Promise<boolean>

export function useSaving(
  stream: OwnStream,
  onChange: (change: (stream: OwnStream) => OwnStream) => void,
): Save {
  /** As the server has it. */
  const kept = useRef(stream)
  const waiting = useRef(0)
  const last = useRef<Promise<unknown>>(Promise.resolve())
  if (waiting.current === 0) kept.current = stream

  return (change) => {
    waiting.current += 1
    onChange((before) => changed(before, change))
    const saved = last.current.then(async () => {
      try {
        kept.current = await api.patch('/api/stream', { body: change })
        toast(strings.saved)
        return true
      } catch (caught) {
        const refusal = Refusal.caught(caught)
        const [why = faultText(refusal)] = Object.values(refusal.fields)
        toast(strings.saveFailed(why), 'bad')
        return false
      } finally {
        waiting.current -= 1
        // While others wait, what they change goes on being shown.
        if (waiting.current === 0) onChange(() => kept.current)
      }
    })
    last.current = saved
    return saved
  }
}

/** The stream with what is given in place of what it was. */
function changed(stream: OwnStream, { chat, ...rest }: StreamChange): OwnStream {
  return { ...stream, ...rest, chat: { ...stream.chat, ...chat } } as OwnStream
}
