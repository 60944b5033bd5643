import type { ComponentChildren } from 'preact'
import type { Resource } from '../lib/resource'
import { Fault } from './Fault'
import { Skeleton } from './Skeleton'

interface Props<T> {
  of: Resource<T>
  /** How much room it will take, about. */
  height?: string
  children(data: T): ComponentChildren
}

/** What was loaded; before that its place, or why it is not there. */
export function Loaded<T>({ of: { data, refusal, reload }, height = '6rem', children }: Props<T>) {
  if (data !== undefined) return <>{children(data)}</>
  return refusal ? (
    <Fault refusal={refusal} onRetry={() => void reload()} />
  ) : (
    <Skeleton height={height} shape="block" />
  )
}
