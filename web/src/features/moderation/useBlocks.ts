/** Whom a creator keeps out, the latest first as the API gives them. */
import type { Blocked, BlockList } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, refresh, useResource } from '../../lib/resource'

export interface Blocks extends Resource<BlockList> {
  more(): Promise<void>
  block(username: string): Promise<void>
  unblock(who: Blocked): Promise<void>
}

export function useBlocks(): Blocks {
  const resource = useResource('blocks', () => page())
  return {
    ...resource,
    async more() {
      const next = resource.data?.next
      if (!next) return
      const later = await page(next)
      resource.change((list) => ({ ...later, blocks: [...list.blocks, ...later.blocks] }))
    },
    async block(username) {
      await api.put('/api/blocks/{username}', { path: { username } })
      refresh('log')
      // A moderator who is blocked moderates no more.
      refresh('moderators')
      await resource.reload()
    },
    async unblock({ username, guestId }) {
      if (username) {
        await api.delete('/api/blocks/{username}', { path: { username } })
      } else if (guestId) {
        await api.delete('/api/blocks/guests/{guestId}', { path: { guestId } })
      }
      refresh('log')
      resource.change((list) => ({
        ...list,
        blocks: list.blocks.filter((one) =>
          username ? one.username !== username : one.guestId !== guestId,
        ),
      }))
    },
  }
}

function page(cursor?: string): Promise<BlockList> {
  return api.get('/api/blocks', { query: { cursor } })
}
