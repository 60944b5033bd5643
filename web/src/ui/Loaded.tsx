import type { ComponentChildren } from 'preact'
import type { Resource } from '../lib/resource'
import { Fault } from './Fault'
import { Skeleton } from './Skeleton'

interface Props<T> {
  of: Resource<T>
  /** The approximate height of the content. */
  height?: string
  children(data: T): ComponentChildren
}

/** Shows loaded data. Before that, it shows a skeleton or the reason for a failure. */
export function Loaded<T>({ of: { data, refusal, reload }, height = '6rem', children }: Props<T>) {
  if (data !== undefined) return <>{children(data)}</>
  return refusal ? (
    <Fault refusal={refusal} onRetry={() => void reload()} />
  ) : (
    <Skeleton height={height} shape="block" />
  )
}
