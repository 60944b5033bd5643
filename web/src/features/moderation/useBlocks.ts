/** The users and guests a creator has blocked, newest first. */
import type { Blocked, BlockList } from '../../api/types'
import { api } from '../../lib/api'
import { nextPage } from '../../lib/pages'
import { type Resource, refresh, useResource } from '../../lib/resource'

export interface Blocks extends Resource<BlockList> {
  more(): Promise<void>
  block(username: string): Promise<void>
  unblock(person: Blocked): Promise<void>
}

export function useBlocks(): Blocks {
  const resource = useResource('blocks', () => loadPage())
  return {
    ...resource,
    more: nextPage(resource, loadPage, (list, page) => ({
      ...page,
      blocks: [...list.blocks, ...page.blocks],
    })),
    async block(username) {
      await api.put('/api/blocks/{username}', { path: { username } })
      refresh('log')
      // Blocking a moderator removes them as a moderator.
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
        blocks: list.blocks.filter((person) =>
          username ? person.username !== username : person.guestId !== guestId,
        ),
      }))
    },
  }
}

function loadPage(cursor?: string): Promise<BlockList> {
  return api.get('/api/blocks', { query: { cursor } })
}
