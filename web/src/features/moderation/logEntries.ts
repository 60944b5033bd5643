/** Describes the entries of the moderation log, and finds the entries that can be undone. */
import type { LogEntry } from '../../api/types'
import { formatDuration } from '../../lib/durations'
import * as strings from './strings'

/** Return a sentence that says who did what. The user with the id `readerId` is called "You". */
export function describe({ action, by, whom, at, until }: LogEntry, readerId: string): string {
  const actor = by.id === readerId ? strings.you : by.name
  const target = whom?.name ?? strings.someone
  if (action !== 'timed_out') return strings.logEntries[action](actor, target)
  const seconds = until ? (Date.parse(until) - Date.parse(at)) / 1000 : 0
  return strings.logEntries.timed_out(actor, target, formatDuration(seconds))
}

/** The action that undoes an entry. */
export type Undo = 'endTimeout' | 'unblock'

/**
 * Return the entries that can be undone at `nowMs`. `entries` are sorted newest first: only the last block or timeout of a
 * person counts.
 */
export function undoable(entries: readonly LogEntry[], nowMs: number): Map<LogEntry, Undo> {
  const undos = new Map<LogEntry, Undo>()
  const settled = new Set<string>()
  for (const entry of entries) {
    const { action, whom, until } = entry
    if (!whom) continue
    const isBlock = action === 'blocked' || action === 'unblocked'
    const isTimeout = action === 'timed_out' || action === 'timeout_ended'
    if (!isBlock && !isTimeout) continue
    const subject = `${isBlock ? 'block' : 'timeout'} ${whom.viewerId}`
    if (settled.has(subject)) continue
    settled.add(subject)
    if (action === 'blocked') undos.set(entry, 'unblock')
    if (action === 'timed_out' && until && Date.parse(until) > nowMs) {
      undos.set(entry, 'endTimeout')
    }
  }
  return undos
}

/** In graphemes. */
const MAX_LENGTH = 140
/** Hiding fewer graphemes than this isn't worth a button. */
const MIN_HIDDEN = 20
const graphemes = new Intl.Segmenter()

/** Return the first part of a long text, or null if the text can be shown as a whole. */
export function shorten(text: string): string | null {
  let end = 0
  let count = 0
  for (const { index } of graphemes.segment(text)) {
    if (count === MAX_LENGTH) end = index
    if (count > MAX_LENGTH + MIN_HIDDEN) return `${text.slice(0, end).trimEnd()}…`
    count += 1
  }
  return null
}
