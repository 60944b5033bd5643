/** People as operators see them. */
import type { PeopleForOperators, PersonForOperators, Suspension } from '../../api/types'
import { api } from '../../lib/api'
import { nextPage } from '../../lib/pages'
import { type Resource, refresh, useResource } from '../../lib/resource'
import { LOG } from './useOperatorLog'

export interface People extends Resource<PeopleForOperators> {
  more(): Promise<void>
  lift(username: string): Promise<void>
  /** Let a person stream, or no longer. */
  approve(username: string, isApproved: boolean): Promise<void>
  /** Show a suspension that has been made, or null for one that has been lifted. */
  show(username: string, suspension: Suspension | null): void
}

/** Load the people who match a term, or all suspended people if it is empty. */
export function usePeople(term: string): People {
  const load = (cursor?: string): Promise<PeopleForOperators> =>
    api.get('/api/admin/people', { query: { term, cursor } })
  const resource = useResource(`operators/people ${term}`, () => load())
  const changePerson = (username: string, changed: Partial<PersonForOperators>) =>
    resource.change((list) => ({
      ...list,
      people: list.people.map((person) =>
        person.username === username ? { ...person, ...changed } : person,
      ),
    }))
  const show = (username: string, suspension: Suspension | null) =>
    changePerson(username, { suspension })
  return {
    ...resource,
    more: nextPage(resource, load, ({ people }, page) => {
      const ids = new Set(page.people.map(({ id }) => id))
      return { ...page, people: [...people.filter(({ id }) => !ids.has(id)), ...page.people] }
    }),
    show,
    async approve(username, isApproved) {
      const path = { path: { username } }
      if (isApproved) await api.put('/api/admin/streamers/{username}', path)
      else await api.delete('/api/admin/streamers/{username}', path)
      refresh(LOG)
      changePerson(username, { isApproved })
    },
    async lift(username) {
      await api.delete('/api/admin/suspensions/{username}', { path: { username } })
      refresh(LOG)
      show(username, null)
    },
  }
}
