/** The operators' log, newest first. */
import type { OperatorLogEntry } from '../../api/types'
import { api } from '../../lib/api'
import { type Paged, usePages } from '../../lib/pages'

/** Other operators act at the same time. */
const RELOAD_MS = 30_000

export const LOG = 'operators/log'

export function useOperatorLog(wait: boolean): Paged<OperatorLogEntry> {
  return usePages(LOG, page, idOf, { everyMs: RELOAD_MS, wait })
}

/** Return a key for an entry. Entries have no id, but no one repeats an action on a person in the same millisecond. */
export function idOf({ at, by, action, whom }: OperatorLogEntry): string {
  return `${at} ${by.id} ${action} ${whom.id}`
}

async function page(cursor?: string) {
  const { entries, next } = await api.get('/api/admin/log', { query: { cursor } })
  return { items: entries, next }
}
