/** Who may not write in a channel's chat for a while. */
import type { Timeout } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, refresh, useResource } from '../../lib/resource'

/** Moderators time people out while the creator looks. */
const EVERY_MS = 15_000

export interface Timeouts extends Resource<Timeout[]> {
  end(viewerId: string): Promise<void>
}

export function useTimeouts(username: string): Timeouts {
  const resource = useResource(
    'timeouts',
    async () => {
      const { timeouts } = await api.get('/api/chat/{username}/timeouts', { path: { username } })
      return timeouts
    },
    { everyMs: EVERY_MS },
  )
  return {
    ...resource,
    async end(viewerId) {
      await endTimeout(username, viewerId)
      resource.change((list) => list.filter((one) => one.viewerId !== viewerId))
    },
  }
}

export async function endTimeout(username: string, viewerId: string): Promise<void> {
  await api.delete('/api/chat/{username}/timeouts/{viewerId}', {
    path: { username, viewerId },
  })
  refresh('log')
}
