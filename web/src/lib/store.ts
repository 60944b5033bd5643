/** A value that components can watch: state outside the component tree. At 35 lines, it needs no library. */
import { useEffect, useState } from 'preact/hooks'

export interface Store<T> {
  get(): T
  set(value: T): void
  watch(listener: (value: T) => void): () => void
}

export function store<T>(initial: T): Store<T> {
  let current = initial
  const listeners = new Set<(value: T) => void>()
  return {
    get: () => current,
    set(value) {
      if (Object.is(value, current)) return
      current = value
      for (const listener of [...listeners]) listener(value)
    },
    watch(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

export function useStore<T>(source: Store<T>): T {
  const [value, setValue] = useState(source.get)
  useEffect(() => {
    // The value may have changed between the render and this effect.
    setValue(() => source.get())
    return source.watch((next) => setValue(() => next))
  }, [source])
  return value
}
