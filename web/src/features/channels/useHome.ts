/** The home page's lists, which the sidebar shows from too: loaded once for both, and kept fresh. */
import type { Channel, Home } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, useResource } from '../../lib/resource'

/** `pages` is how many pages of `streams` have been asked for. */
export type HomeSoFar = Home & { pages: number }

/** Live states are at most a minute old in lists anyway. */
const EVERY_MS = 25_000

export function useHome(): Resource<HomeSoFar> & { more(): Promise<void> } {
  const resource = useResource<HomeSoFar>('home', (before) => load(before?.pages ?? 1), {
    everyMs: EVERY_MS,
  })
  const more = async () => {
    const next = resource.data?.next
    if (!next) return
    const page = await homePage(next)
    resource.change((data) => ({
      ...data,
      streams: joined(data.streams, page.streams),
      next: page.next,
      pages: data.pages + 1,
    }))
  }
  return { ...resource, more }
}

async function load(pages: number): Promise<HomeSoFar> {
  const first = await homePage()
  let { streams, next } = first
  let read = 1
  while (next && read < pages) {
    const page = await homePage(next)
    streams = joined(streams, page.streams)
    next = page.next
    read += 1
  }
  return { ...first, streams, next, pages: read }
}

function homePage(cursor?: string): Promise<Home> {
  return api.get('/api/pages/home', { query: { cursor } })
}

/** Channels move up when they go live, so a later page may bring one that is there already. */
export function joined(channels: Channel[], later: Channel[]): Channel[] {
  const known = new Set(channels.map(({ user }) => user.id))
  return [...channels, ...later.filter(({ user }) => !known.has(user.id))]
}
