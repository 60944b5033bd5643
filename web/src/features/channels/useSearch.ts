import type { Results } from '../../api/types'
import { api } from '../../lib/api'
import { nextPage } from '../../lib/pages'
import { type Resource, useResource } from '../../lib/resource'
import { withChannels } from './useHome'

/** Load the channels that match a term. Each word of it must start a word of the channel's name or title. */
export function useSearch(term: string): Resource<Results> & { more(): Promise<void> } {
  const load = (cursor?: string): Promise<Results> =>
    api.get('/api/pages/search', { query: { term, cursor } })
  const resource = useResource<Results>(`search ${term}`, () => load(), { wait: term === '' })
  const more = nextPage(resource, load, ({ results }, page) => ({
    results: withChannels(results, page.results),
    next: page.next,
  }))
  return { ...resource, more }
}
