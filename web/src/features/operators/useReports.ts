/** The reports that no operator has decided, newest first. */
import type { Decision, Report, Reports } from '../../api/types'
import { api } from '../../lib/api'
import { nextPage } from '../../lib/pages'
import { type Resource, refresh, useResource } from '../../lib/resource'
import { reasons } from '../../ui/report.strings'
import { LOG } from './useOperatorLog'

/** New reports arrive, and other operators decide some. */
const RELOAD_MS = 30_000

export interface OpenReports extends Resource<Reports> {
  more(): Promise<void>
  decide(report: Report, decision: Decision): Promise<void>
}

export function useReports(): OpenReports {
  const resource = useResource('operators/reports', () => load(), { everyMs: RELOAD_MS })
  return {
    ...resource,
    more: nextPage(resource, load, ({ reports }, page) => {
      const ids = new Set(page.reports.map(({ id }) => id))
      return { ...page, reports: [...reports.filter(({ id }) => !ids.has(id)), ...page.reports] }
    }),
    async decide({ id, reason }, decision) {
      // The person reads the note.
      const note = decision === 'dismissed' ? undefined : reasons[reason]
      await api.patch('/api/admin/reports/{id}', { path: { id }, body: { decision, note } })
      resource.change((list) => ({
        ...list,
        reports: list.reports.filter((report) => report.id !== id),
      }))
      refresh(LOG)
      // The suspended people, if the page shows them.
      refresh('operators/people ')
    },
  }
}

function load(cursor?: string): Promise<Reports> {
  return api.get('/api/admin/reports', { query: { state: 'open', cursor } })
}
