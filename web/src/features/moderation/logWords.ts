/** What an entry of the moderation log says, and which of them can still be undone. */
import type { LogEntry } from '../../api/types'
import { span } from '../../lib/spans'
import * as strings from './strings'

/** Who did what to whom; `mine` is the reader's id. */
export function sentence({ action, by, whom, at, until }: LogEntry, mine: string): string {
  const actor = by.id === mine ? strings.you : by.name
  const target = whom?.name ?? strings.someone
  if (action !== 'timed_out') return strings.logEntries[action](actor, target)
  const seconds = until ? (Date.parse(until) - Date.parse(at)) / 1000 : 0
  return strings.logEntries.timed_out(actor, target, span(seconds))
}

/** What undoes an entry. */
export type Undo = 'endTimeout' | 'unblock'

/** Entries, newest first, that hold at `nowMs` and can be undone: what was done later to the same person counts. */
export function undoable(entries: readonly LogEntry[], nowMs: number): Map<LogEntry, Undo> {
  const found = new Map<LogEntry, Undo>()
  const settled = new Set<string>()
  for (const entry of entries) {
    const { action, whom, until } = entry
    if (!whom) continue
    const isBlock = action === 'blocked' || action === 'unblocked'
    const isTimeout = action === 'timed_out' || action === 'timeout_ended'
    if (!isBlock && !isTimeout) continue
    const matter = `${isBlock ? 'block' : 'timeout'} ${whom.viewerId}`
    if (settled.has(matter)) continue
    settled.add(matter)
    if (action === 'blocked') found.set(entry, 'unblock')
    if (action === 'timed_out' && until && Date.parse(until) > nowMs) {
      found.set(entry, 'endTimeout')
    }
  }
  return found
}

const LONG = 140
const graphemes = new Intl.Segmenter()

/** The beginning of a text that is long; null where all of it can be shown. */
export function beginning(text: string): string | null {
  let end = 0
  let count = 0
  for (const { index } of graphemes.segment(text)) {
    if (count === LONG) end = index
    // A few more are not worth a button.
    if (count > LONG + 20) return `${text.slice(0, end).trimEnd()}…`
    count += 1
  }
  return null
}
