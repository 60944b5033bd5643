/** Data of a page: loaded once however many ask, kept while one looks around, refreshed when one comes back to it. */
import { useCallback, useEffect, useReducer } from 'preact/hooks'
import { Refusal } from './refusal'
import { session } from './signin'
import { useStore } from './store'

export interface Resource<T> {
  data: T | undefined
  /** Why there is no (fresh) data; a page that has old data goes on showing it. */
  refusal: Refusal | undefined
  /** Loads anew; resolves with what was got, or undefined where that failed. */
  reload(): Promise<T | undefined>
  /** Changes the data in place, as after a save whose answer is known. */
  change(change: (data: T) => T): void
}

export interface Options {
  /** Load anew about this often while the page is visible. */
  everyMs?: number
  /** Don't load yet. */
  wait?: boolean
}

interface Entry {
  data?: unknown
  refusal?: Refusal | undefined
  at: number
  loading?: Promise<unknown> | undefined
  /** How it was loaded last, for `refresh`. */
  again?: () => void
  listeners: Set<() => void>
}

/** Young enough to be shown again without asking. */
const FRESH_MS = 3_000
/** Old enough to be asked for again when somebody comes back to the tab. */
const STALE_MS = 20_000

const entries = new Map<string, Entry>()

/**
 * `load` is given what was there before, so that a list can keep the pages it has. `key` names the data; people are
 * told apart by the session, not by the key.
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

    const comeBack = () => {
      if (document.visibilityState === 'visible' && Date.now() - current.at > STALE_MS) {
        void run(current, load)
      }
    }
    document.addEventListener('visibilitychange', comeBack)
    let timer = 0
    const tick = () => {
      // Jitter, so that pages opened by one announcement don't ask in step for ever.
      timer = window.setTimeout(tick, (everyMs ?? 0) * (0.8 + Math.random() * 0.4))
      if (document.visibilityState === 'visible') void run(current, load)
    }
    if (everyMs) timer = window.setTimeout(tick, everyMs)
    return () => {
      document.removeEventListener('visibilitychange', comeBack)
      window.clearTimeout(timer)
    }
    // `load` is a new function at each render; what it loads is named by the key.
  }, [id, everyMs, wait])

  const reload = useCallback(() => run(entryOf(id), load) as Promise<T | undefined>, [id])
  const change = useCallback(
    (alter: (data: T) => T) => {
      const current = entryOf(id)
      if (current.data === undefined) return
      current.data = alter(current.data as T)
      tell(current)
    },
    [id],
  )
  return { data: entry.data as T | undefined, refusal: entry.refusal, reload, change }
}

/** Loads anew what is shown under `key`, because it was just changed; nothing where nothing is shown. */
export function refresh(key: string): void {
  const entry = entries.get(`${session.get().epoch} ${key}`)
  if (entry && entry.listeners.size > 0) entry.again?.()
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
  entry.again = () => void run(entry, load)
  entry.loading ??= load(entry.data as T | undefined)
    .then(
      (data) => {
        entry.data = data
        entry.refusal = undefined
        return data
      },
      (error: unknown) => {
        entry.refusal = Refusal.caught(error)
        // Gone is gone; anything else may be over in a moment, so what was there stays.
        if (entry.refusal.status === 404) entry.data = undefined
        return undefined
      },
    )
    .finally(() => {
      entry.at = Date.now()
      entry.loading = undefined
      tell(entry)
    })
  return entry.loading
}

function tell(entry: Entry): void {
  for (const listener of [...entry.listeners]) listener()
}
