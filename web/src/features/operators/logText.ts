import type { OperatorLogEntry } from '../../api/types'
import { dateAndTime } from '../../lib/time'
import * as strings from './strings'

/** Return a sentence that says who did what to whom. */
export function describe({ action, by, whom, until }: OperatorLogEntry): string {
  const entry = strings.logEntries[action](by.name, whom.name)
  return until ? strings.until(entry, dateAndTime(until)) : entry
}
