/** A creator's past broadcasts, the latest first. */
import type { PastStream } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
import { type Paged, usePages } from '../../lib/pages'

export function useSessions(): Paged<PastStream> {
  return usePages(
    'sessions',
    async (cursor) => {
      const { sessions, next } = await answer(
        api.GET('/api/pages/sessions', { params: { query: { cursor } } }),
      )
      return { items: sessions, next }
    },
    ({ id }) => id,
  )
}
