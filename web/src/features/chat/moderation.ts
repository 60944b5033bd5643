/** What moderators and the host do, by the ordinary client of the API; each says how it went. */
import { api } from '../../lib/api'
import { moderation as words } from '../../lib/en.moderation'
import { Refusal } from '../../lib/refusal'
import { learn, t } from '../../lib/text'
import { faultText } from '../../ui/Fault'
import { toast } from '../../ui/toast'
import type { Person } from './people'

learn(words)

const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export const TIME_OUTS = [
  { words: 'talk.minute', seconds: MINUTE },
  { words: 'talk.tenMinutes', seconds: 10 * MINUTE },
  { words: 'talk.hour', seconds: HOUR },
  { words: 'talk.day', seconds: DAY },
  { words: 'talk.fortnight', seconds: 14 * DAY },
] as const

export type TimeOut = (typeof TIME_OUTS)[number]
type Whom = Pick<Person, 'viewerId' | 'name'>

export function deleteMessage(host: string, messageId: string): Promise<void> {
  const path = { username: host, messageId }
  return attempt(async () => {
    await api.delete('/api/chat/{username}/{messageId}', { path })
    toast(t('talk.deleted'))
  })
}

export function clearChat(host: string): Promise<void> {
  return attempt(async () => {
    await api.post('/api/chat/{username}/clear', { path: { username: host } })
    toast(t('talk.cleared'))
  })
}

export function timeOut(host: string, whom: Whom, { words, seconds }: TimeOut, reason: string) {
  const { viewerId, name } = whom
  const path = { username: host, viewerId }
  return attempt(async () => {
    const body = { seconds, ...(reason && { reason }) }
    await api.put('/api/chat/{username}/timeouts/{viewerId}', { path, body })
    toast(t('talk.timedOut', { name, time: t(words) }), 'good', {
      label: t('talk.undo'),
      apply: () => void endTimeOut(host, whom),
    })
  })
}

export function endTimeOut(host: string, { viewerId, name }: Whom): Promise<void> {
  const path = { username: host, viewerId }
  return attempt(async () => {
    await api.delete('/api/chat/{username}/timeouts/{viewerId}', { path })
    toast(t('talk.timeOutEnded', { name }))
  })
}

export function block(host: string, whom: Whom, reason: string): Promise<void> {
  const { viewerId, name } = whom
  const path = { username: host, viewerId }
  return attempt(async () => {
    const body = reason ? { reason } : {}
    await api.put('/api/chat/{username}/blocks/{viewerId}', { path, body })
    toast(t('talk.blocked', { name }), 'good', {
      label: t('talk.undo'),
      apply: () => void unblock(host, whom),
    })
  })
}

function unblock(host: string, { viewerId, name }: Whom): Promise<void> {
  const path = { username: host, viewerId }
  return attempt(async () => {
    await api.delete('/api/chat/{username}/blocks/{viewerId}', { path })
    toast(t('talk.unblocked', { name }))
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
