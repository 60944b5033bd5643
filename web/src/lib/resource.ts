/**
 * Data from the API for components: cached, deduplicated, and refreshed when the viewer returns to the tab.
 *
 * This is our own module, because a library such as swr would take 4 kB of the home page's 20 kB.
 */
import { useCallback, useEffect, useReducer } from 'preact/hooks'
import { Refusal } from './refusal'
import { session } from './signin'
import { useStore } from './store'

export interface Resource<T> {
  data: T | undefined
  /** Why the last load failed. A page that has stale data keeps showing it. */
  refusal: Refusal | undefined
  /** Load again. Resolves with the data, or with undefined if that failed. */
  reload(): Promise<T | undefined>
  /** Change the cached data, for example with the response of a save. */
  change(change: (data: T) => T): void
}

export interface Options {
  /** Load again at about this interval while the page is visible. */
  everyMs?: number
  /** Do not load yet. */
  wait?: boolean
}

interface Entry {
  data?: unknown
  refusal?: Refusal | undefined
  at: number
  loading?: Promise<unknown> | undefined
  /** Repeats the latest load, for `refresh`. */
  reload?: () => void
  listeners: Set<() => void>
}

/** Data younger than this is shown without a request. */
const FRESH_MS = 3_000
/** Data older than this is loaded again when the viewer returns to the tab. */
const STALE_MS = 20_000

const entries = new Map<string, Entry>()

/**
 * Return the data under `key`, and load it if needed. The cache is separate for each user of this tab.
 *
 * `load` receives the cached data, so that a list can keep its pages.
 */
export function useResource<T>(
  key: string,
  load: (before: T | undefined) => Promise<T>,
  { everyMs, wait = false }: Options = {},
): Resource<T> {
  const { epoch } = useStore(session)
  const id = `${epoch} ${key}`
  const [, render] = useReducer<number, void>((count) => count + 1, 0)
  const entry = entryOf(id)

  useEffect(() => {
    const current = entryOf(id)
    current.listeners.add(render)
    return () => {
      current.listeners.delete(render)
    }
  }, [id])

  useEffect(() => {
    if (wait) return
    const current = entryOf(id)
    if (Date.now() - current.at > FRESH_MS) void run(current, load)

    const onVisibility = () => {
      if (document.visibilityState === 'visible' && Date.now() - current.at > STALE_MS) {
        void run(current, load)
      }
    }
    document.addEventListener('visibilitychange', onVisibility)
    let timer = 0
    const tick = () => {
      // Jitter spreads the requests of pages that were opened at the same time.
      timer = window.setTimeout(tick, (everyMs ?? 0) * (0.8 + Math.random() * 0.4))
      if (document.visibilityState === 'visible') void run(current, load)
    }
    if (everyMs) timer = window.setTimeout(tick, everyMs)
    return () => {
      document.removeEventListener('visibilitychange', onVisibility)
      window.clearTimeout(timer)
    }
    // `load` is a new function in each render, but the key identifies the data.
  }, [id, everyMs, wait])

  const reload = useCallback(() => run(entryOf(id), load) as Promise<T | undefined>, [id])
  const change = useCallback(
    (alter: (data: T) => T) => {
      const current = entryOf(id)
      if (current.data === undefined) return
      current.data = alter(current.data as T)
      notify(current)
    },
    [id],
  )
  return { data: entry.data as T | undefined, refusal: entry.refusal, reload, change }
}

/** Load the data under `key` again after a change. No-op if no component shows it. */
export function refresh(key: string): void {
  const entry = entries.get(`${session.get().epoch} ${key}`)
  if (entry && entry.listeners.size > 0) entry.reload?.()
}

function entryOf(id: string): Entry {
  let entry = entries.get(id)
  if (!entry) {
    entry = { at: 0, listeners: new Set() }
    entries.set(id, entry)
  }
  return entry
}

function run<T>(entry: Entry, load: (before: T | undefined) => Promise<T>): Promise<unknown> {
  entry.reload = () => void run(entry, load)
  entry.loading ??= load(entry.data as T | undefined)
    .then(
      (data) => {
        entry.data = data
        entry.refusal = undefined
        return data
      },
      (error: unknown) => {
        entry.refusal = Refusal.caught(error)
        // Deleted data must go. Other failures are often short, so the data stays.
        if (entry.refusal.status === 404) entry.data = undefined
        return undefined
      },
    )
    .finally(() => {
      entry.at = Date.now()
      entry.loading = undefined
      notify(entry)
    })
  return entry.loading
}

function notify(entry: Entry): void {
  for (const listener of [...entry.listeners]) listener()
}
