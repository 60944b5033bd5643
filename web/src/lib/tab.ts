/**
 * This tab's name in a room: kept over a reload, so that no ghost stays behind, and its own, so that two tabs can watch.
 *
 * A duplicated tab is born with a copy of the session's storage and so with the same name; the lock that the first tab
 * holds for as long as it lives tells them apart.
 */
import { readStored, writeStored } from './storage'

const KEY = 'footlight.tab'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

let own: Promise<string> | null = null

/** Eight characters of `[a-z0-9]`. */
export function tabName(): Promise<string> {
  own ??= claim()
  return own
}

/** Another name, for a tab whose own turns out to be in use. */
export function renameTab(): void {
  writeStored(KEY, null, () => sessionStorage)
  own = null
}

async function claim(): Promise<string> {
  const kept = readStored(KEY, () => sessionStorage)
  if (kept && /^[a-z0-9]{8}$/.test(kept) && (await lock(kept))) return kept
  const fresh = invent()
  await lock(fresh)
  writeStored(KEY, fresh, () => sessionStorage)
  return fresh
}

/** Holds the name until this page goes; false where another page holds it, or where there are no locks to tell. */
function lock(name: string): Promise<boolean> {
  const locks: LockManager | undefined = navigator.locks
  if (!locks) return Promise.resolve(false)
  return new Promise((resolve) => {
    void locks.request(`${KEY}.${name}`, { ifAvailable: true }, (held) => {
      resolve(held !== null)
      return held ? new Promise<never>(() => {}) : undefined
    })
  })
}

export function invent(): string {
  // 252 is the largest multiple of 36 in a byte: beyond it some letters would come more often.
  let name = ''
  while (name.length < 8) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
      if (byte < 252 && name.length < 8) name += LETTERS[byte % 36]
    }
  }
  return name
}
