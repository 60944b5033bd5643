/** Return a stable hue for a name, from 0 to 359. FNV-1a gives similar names different hues. */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0) % 360
}
