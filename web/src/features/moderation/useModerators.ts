/** The moderators of a creator's channel. */
import type { Moderator } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, refresh, useResource } from '../../lib/resource'

export interface Moderators extends Resource<Moderator[]> {
  appoint(username: string): Promise<void>
  dismiss(username: string): Promise<void>
}

export function useModerators(): Moderators {
  const resource = useResource('moderators', async () => {
    const { moderators } = await api.get('/api/moderators')
    return moderators
  })
  return {
    ...resource,
    async appoint(username) {
      await api.put('/api/moderators/{username}', { path: { username } })
      refresh('log')
      await resource.reload()
    },
    async dismiss(username) {
      await api.delete('/api/moderators/{username}', { path: { username } })
      refresh('log')
      resource.change((list) => list.filter((moderator) => moderator.username !== username))
    },
  }
}
