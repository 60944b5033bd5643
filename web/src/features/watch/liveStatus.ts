/** Whether a channel is live, as everyone may know. It is cached at the edge, unlike most of a signed-in viewer's pages. */
import type { LiveStatus, Stream } from '../../api/types'
import { publicApi } from '../../lib/api'

/** A page may be cached for a moment longer than a live status. */
const NEWER_MS = 5_000

let latest: { host: string; status: LiveStatus; at: number } | null = null

export async function requestLiveStatus(host: string): Promise<LiveStatus> {
  const status = await publicApi.get('/api/pages/live/{username}', { path: { username: host } })
  latest = { host, status, at: Date.now() }
  return status
}

/** Return the stream with its live status. Its other settings stay as old as they are. */
export function withStatus<T extends Stream>(stream: T, status: LiveStatus): T {
  return { ...stream, ...status, updatedAt: stream.updatedAt }
}

/** Return a stream that was just loaded, with `host`'s live status if one was loaded at about the same time. */
export function withLatestStatus<T extends Stream>(host: string, stream: T): T {
  const isNew = latest?.host === host && Date.now() - latest.at < NEWER_MS
  return latest && isNew ? withStatus(stream, latest.status) : stream
}

/** Return whether the title or a setting has changed since the stream was loaded. */
export function isOutdated(stream: Stream, status: LiveStatus): boolean {
  return Date.parse(status.updatedAt) > Date.parse(stream.updatedAt)
}
