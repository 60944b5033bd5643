import type { RefObject } from 'preact'
import { useRef } from 'preact/hooks'

/** Return a ref to the value of the latest render, for callbacks that outlive the render that created them. */
export function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value)
  latest.current = value
  return latest
}
