/** Actions of moderators and the host. Each shows its result in a toast and never throws. */
import { api } from '../../lib/api'
import { Refusal } from '../../lib/refusal'
import { faultText } from '../../ui/Fault'
import { toast } from '../../ui/toast'
import * as strings from './moderation.strings'
import type { Person } from './participants'

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const TIMEOUTS = [
  { name: strings.lengths.minute, seconds: MINUTE },
  { name: strings.lengths.tenMinutes, seconds: 10 * MINUTE },
  { name: strings.lengths.hour, seconds: HOUR },
  { name: strings.lengths.day, seconds: DAY },
  { name: strings.lengths.twoWeeks, seconds: 14 * DAY },
] as const

export type Timeout = (typeof TIMEOUTS)[number]
type Target = Pick<Person, 'viewerId' | 'name'>

export function deleteMessage(host: string, messageId: string): Promise<void> {
  const path = { username: host, messageId }
  return attempt(async () => {
    await api.delete('/api/chat/{username}/{messageId}', { path })
    toast(strings.deleted)
  })
}

export function clearChat(host: string): Promise<void> {
  return attempt(async () => {
    await api.post('/api/chat/{username}/clear', { path: { username: host } })
    toast(strings.cleared)
  })
}

export function timeOut(host: string, target: Target, length: Timeout, reason: string) {
  const { viewerId, name } = target
  const path = { username: host, viewerId }
  return attempt(async () => {
    const body = { seconds: length.seconds, ...(reason && { reason }) }
    await api.put('/api/chat/{username}/timeouts/{viewerId}', { path, body })
    toast(strings.timedOut(name, length.name), 'good', {
      label: strings.undo,
      apply: () => void endTimeout(host, target),
    })
  })
}

export function endTimeout(host: string, { viewerId, name }: Target): Promise<void> {
  const path = { username: host, viewerId }
  return attempt(async () => {
    await api.delete('/api/chat/{username}/timeouts/{viewerId}', { path })
    toast(strings.timeoutEnded(name))
  })
}

export function block(host: string, target: Target, reason: string): Promise<void> {
  const { viewerId, name } = target
  const path = { username: host, viewerId }
  return attempt(async () => {
    const body = reason ? { reason } : {}
    await api.put('/api/chat/{username}/blocks/{viewerId}', { path, body })
    toast(strings.blocked(name), 'good', {
      label: strings.undo,
      apply: () => void unblock(host, target),
    })
  })
}

function unblock(host: string, { viewerId, name }: Target): Promise<void> {
  const path = { username: host, viewerId }
  return attempt(async () => {
    await api.delete('/api/chat/{username}/blocks/{viewerId}', { path })
    toast(strings.unblocked(name))
  })
}

async function attempt(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (caught) {
    const refusal = Refusal.caught(caught)
    toast(faultText(refusal), 'bad')
  }
}
