/** Channels whose names or titles begin with each word of the term. */
import type { Results } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, useResource } from '../../lib/resource'
import { joined } from './useHome'

export function useSearch(term: string): Resource<Results> & { more(): Promise<void> } {
  const resource = useResource<Results>(`search ${term}`, () => page(term), { wait: term === '' })
  const more = async () => {
    const next = resource.data?.next
    if (!next) return
    const later = await page(term, next)
    resource.change((data) => ({
      results: joined(data.results, later.results),
      next: later.next,
    }))
  }
  return { ...resource, more }
}

function page(term: string, cursor?: string): Promise<Results> {
  return api.get('/api/pages/search', { query: { term, cursor } })
}
