/** Load a creator's past broadcasts, newest first. */
import type { PastStream } from '../../api/types'
import { api } from '../../lib/api'
import { type Paged, usePages } from '../../lib/pages'

export function useBroadcasts(): Paged<PastStream> {
  return usePages(
    'sessions',
    async (cursor) => {
      const { sessions, next } = await api.get('/api/pages/sessions', { query: { cursor } })
      return { items: sessions, next }
    },
    ({ id }) => id,
  )
}
