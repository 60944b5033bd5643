/** The moderation log of a channel, newest first. */
import type { LogEntry } from '../../api/types'
import { api } from '../../lib/api'
import { type Paged, usePages } from '../../lib/pages'
import { refresh } from '../../lib/resource'
import type { Undo } from './logEntries'
import { endTimeout } from './useTimeouts'

/** Moderators may act while the creator reads the log. */
const RELOAD_MS = 30_000

export function useLog(): Paged<LogEntry> {
  return usePages('log', page, idOf, { everyMs: RELOAD_MS })
}

/** Return a key for an entry. Entries have no id, but no one repeats an action on a person in the same millisecond. */
export function idOf({ at, by, action, whom }: LogEntry): string {
  return `${at} ${by.id} ${action} ${whom?.viewerId}`
}

export async function undo(kind: Undo, username: string, viewerId: string): Promise<void> {
  if (kind === 'endTimeout') {
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
