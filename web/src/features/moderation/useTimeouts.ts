/** The viewers in timeout in a channel's chat. */
import type { Timeout } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, refresh, useResource } from '../../lib/resource'

/** Moderators may time out viewers while the creator watches the list. */
const RELOAD_MS = 15_000

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
    { everyMs: RELOAD_MS },
  )
  return {
    ...resource,
    async end(viewerId) {
      await endTimeout(username, viewerId)
      resource.change((list) => list.filter((timeout) => timeout.viewerId !== viewerId))
    },
  }
}

export async function endTimeout(username: string, viewerId: string): Promise<void> {
  await api.delete('/api/chat/{username}/timeouts/{viewerId}', {
    path: { username, viewerId },
  })
  refresh('log')
}
