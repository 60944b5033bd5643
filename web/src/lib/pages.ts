/** Paged lists: loads the next page of a list, and merges a fresh first page into the pages on screen. */
import { type Options, type Resource, useResource } from './resource'

export interface Page<Item> {
  items: Item[]
  /** The cursor of the next page, or null at the end of the list. */
  next: string | null
}

export type Paged<Item> = Resource<Page<Item>> & {
  /** Load and append the next page, if there is one. */
  more(): Promise<void>
}

/** Load a list of past events, which never change. The newest come first, and reloads keep the older pages. */
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
  const more = nextPage(resource, load, (list, page) => ({
    ...page,
    items: [...list.items, ...page.items],
  }))
  return { ...resource, more }
}

/** Return a function that loads the next page of a list and appends it. It does nothing at the end of the list. */
export function nextPage<List extends { next: string | null }, Loaded>(
  resource: Resource<List>,
  load: (cursor: string) => Promise<Loaded>,
  append: (list: List, page: Loaded) => List,
): () => Promise<void> {
  return async () => {
    const cursor = resource.data?.next
    if (!cursor) return
    const page = await load(cursor)
    resource.change((list) => append(list, page))
  }
}

/** Return the first page, followed by the items of earlier loads that it doesn't contain. */
export function withFirst<Item>(
  first: Page<Item>,
  before: Page<Item> | undefined,
  idOf: (item: Item) => string,
): Page<Item> {
  const ids = new Set(first.items.map(idOf))
  const older = before?.items.filter((item) => !ids.has(idOf(item))) ?? []
  // Without a common item, entries between the two could be missing.
  if (!before || older.length === before.items.length) return first
  return { items: [...first.items, ...older], next: before.next }
}
