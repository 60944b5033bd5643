/** Small values stored in this browser. If storage is full or turned off, nothing is stored and nothing breaks. */

/** Return a stored value, or null if there is none. */
export function readStored(
  key: string,
  storage: () => Storage = () => localStorage,
): string | null {
  try {
    return storage().getItem(key)
  } catch {
    return null
  }
}

/** Store a value, or delete it if it is null. */
export function writeStored(
  key: string,
  value: string | null,
  storage: () => Storage = () => localStorage,
): void {
  try {
    if (value === null) storage().removeItem(key)
    else storage().setItem(key, value)
  } catch {
    // See above.
  }
}
