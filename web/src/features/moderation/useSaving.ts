/** Saves settings. A change shows right away, saves run one after another, and a failed save reverts its change. */
import { useRef } from 'preact/hooks'
import type { OwnStream, StreamChange } from '../../api/types'
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { faultText } from '../../ui/Fault'
import { toast } from '../../ui/toast'
import * as strings from './strings'

/** Resolve with whether the change was saved. */
export type Save = (change: StreamChange) => Promise<boolean>

export function useSaving(
  stream: OwnStream,
  onChange: (change: (stream: OwnStream) => OwnStream) => void,
): Save {
  /** The stream as the server has it. */
  const savedStream = useRef(stream)
  const waiting = useRef(0)
  const last = useRef<Promise<unknown>>(Promise.resolve())
  if (waiting.current === 0) savedStream.current = stream

  return (change) => {
    waiting.current += 1
    onChange((before) => withChange(before, change))
    const saved = last.current.then(async () => {
      try {
        savedStream.current = await api.patch('/api/stream', { body: change })
        toast(strings.saved)
        return true
      } catch (caught) {
        const refusal = Refusal.caught(caught)
        const [why = faultText(refusal)] = Object.values(refusal.fields)
        toast(strings.saveFailed(why), 'bad')
        return false
      } finally {
        waiting.current -= 1
        // While other saves are waiting, their changes stay visible.
        if (waiting.current === 0) onChange(() => savedStream.current)
      }
    })
    last.current = saved
    return saved
  }
}

/** Return the stream with a change applied. */
function withChange(stream: OwnStream, { chat, ...rest }: StreamChange): OwnStream {
  return { ...stream, ...rest, chat: { ...stream.chat, ...chat } } as OwnStream
}
