/**
 * This tab's name in a room. It survives a reload, so that the room has no second participant for the same tab. It is
 * unique, so that two tabs can watch.
 *
 * A duplicated tab starts with a copy of the session's storage, and so with the same name. A lock that the first tab
 * holds while it is open distinguishes them.
 */
import { readStored, writeStored } from './storage'

const KEY = 'footlight.tab'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

let current: Promise<string> | null = null

/** Return the name of this tab: eight characters of `[a-z0-9]`. */
export function tabName(): Promise<string> {
  current ??= claimName()
  return current
}

/** Make this tab choose a new name, because its own is in use. */
export function renameTab(): void {
  writeStored(KEY, null, () => sessionStorage)
  current = null
}

async function claimName(): Promise<string> {
  const stored = readStored(KEY, () => sessionStorage)
  if (stored && /^[a-z0-9]{8}$/.test(stored) && (await lock(stored))) return stored
  const name = createName()
  await lock(name)
  writeStored(KEY, name, () => sessionStorage)
  return name
}

/** Lock the name until the page closes. Resolves with false if another page has locked it, or without lock support. */
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

export function createName(): string {
  // 252 is the largest multiple of 36 in a byte. Larger values would make some letters more frequent.
  let name = ''
  while (name.length < 8) {
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) {
      if (byte < 252 && name.length < 8) name += LETTERS[byte % 36]
    }
  }
  return name
}
