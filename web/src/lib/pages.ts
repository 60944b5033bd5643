/** Lists of what is past and changes no more: they come page by page, the latest first. */
import { type Options, type Resource, useResource } from './resource'

export interface Page<Item> {
  items: Item[]
  /** Where the next page begins; null at the end. */
  next: string | null
}

export type Paged<Item> = Resource<Page<Item>> & {
  /** Adds the next page, if there is one. */
  more(): Promise<void>
}

export function usePages<Item>(
  key: string,
  load: (cursor?: string) => Promise<Page<Item>>,
  idOf: (item: Item) => string,
  options?: Options,
): Paged<Item> {
  const resource = useResource<Page<Item>>(
    key,
    async (before) => withFirst(await load(), before, idOf),
    options,
  )
  return {
    ...resource,
    async more() {
      const next = resource.data?.next
      if (!next) return
      const later = await load(next)
      resource.change((list) => ({ ...later, items: [...list.items, ...later.items] }))
    },
  }
}

/** The pages that were there, under what the first page has new. */
export function withFirst<Item>(
  first: Page<Item>,
  before: Page<Item> | undefined,
  idOf: (item: Item) => string,
): Page<Item> {
  const known = new Set(first.items.map(idOf))
  const older = before?.items.filter((item) => !known.has(idOf(item))) ?? []
  // Where the two don't meet, there would be a hole between them.
  if (!before || older.length === before.items.length) return first
  return { items: [...first.items, ...older], next: before.next }
}
