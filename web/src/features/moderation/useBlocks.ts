/** Whom a creator keeps out, the latest first as the API gives them. */
import type { Blocked, BlockList } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
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
      await answer(api.PUT('/api/blocks/{username}', { params: { path: { username } } }))
      refresh('log')
      // A moderator who is blocked moderates no more.
      refresh('moderators')
      await resource.reload()
    },
    async unblock({ username, guestId }) {
      if (username) {
        await answer(api.DELETE('/api/blocks/{username}', { params: { path: { username } } }))
      } else if (guestId) {
        await answer(api.DELETE('/api/blocks/guests/{guestId}', { params: { path: { guestId } } }))
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
  return answer(api.GET('/api/blocks', { params: { query: { cursor } } }))
}
