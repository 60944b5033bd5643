/** What the moderators of a channel did, the latest first. */
import type { LogEntry } from '../../api/types'
import { api } from '../../lib/api'
import { type Paged, usePages } from '../../lib/pages'
import { refresh } from '../../lib/resource'
import type { Undo } from './logWords'
import { endTimeout } from './useTimeouts'

/** Moderators go on while the creator reads. */
const EVERY_MS = 30_000

export function useLog(): Paged<LogEntry> {
  return usePages('log', page, idOf, { everyMs: EVERY_MS })
}

/** An entry has no id of its own: nobody does the same to the same person twice in one instant. */
export function idOf({ at, by, action, whom }: LogEntry): string {
  return `${at} ${by.id} ${action} ${whom?.viewerId}`
}

export async function undo(what: Undo, username: string, viewerId: string): Promise<void> {
  if (what === 'endTimeout') {
    await endTimeout(username, viewerId)
    refresh('timeouts')
  } else {
    await api.delete('/api/chat/{username}/blocks/{viewerId}', {
      path: { username, viewerId },
    })
    refresh('log')
    refresh('blocks')
  }
}

async function page(cursor?: string) {
  const { entries, next } = await api.get('/api/moderation/log', { query: { cursor } })
  return { items: entries, next }
}
