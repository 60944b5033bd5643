/** A creator's past broadcasts, the latest first. */
import type { PastStreams } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
import { type Resource, useResource } from '../../lib/resource'

export function useSessions(): Resource<PastStreams> & { more(): Promise<void> } {
  const resource = useResource<PastStreams>('sessions', async (before) =>
    withFirst(await page(), before),
  )
  return {
    ...resource,
    async more() {
      const next = resource.data?.next
      if (!next) return
      const later = await page(next)
      resource.change((list) => ({ ...later, sessions: [...list.sessions, ...later.sessions] }))
    },
  }
}

/** The pages that were there, under what the first page has new: what is past changes no more. */
export function withFirst(first: PastStreams, before: PastStreams | undefined): PastStreams {
  const known = new Set(first.sessions.map(({ id }) => id))
  const older = before?.sessions.filter(({ id }) => !known.has(id)) ?? []
  // Where the two don't meet, there would be a hole between them.
  if (!before || older.length === before.sessions.length) return first
  return { sessions: [...first.sessions, ...older], next: before.next }
}

function page(cursor?: string): Promise<PastStreams> {
  return answer(api.GET('/api/pages/sessions', { params: { query: { cursor } } }))
}
