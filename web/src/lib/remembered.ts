/** Small things kept in this browser. Storage may be switched off or full: then nothing is remembered, and nothing breaks. */

export function recall(key: string, storage: () => Storage = () => localStorage): string | null {
  try {
    return storage().getItem(key)
  } catch {
    return null
  }
}

/** Keeps `value`; `null` forgets the key. */
export function remember(
  key: string,
  value: string | null,
  storage: () => Storage = () => localStorage,
): void {
  try {
    if (value === null) storage().removeItem(key)
    else storage().setItem(key, value)
  } catch {
    // Private windows and full disks: see above.
  }
}
