/** The lists of the home page. The sidebar shows the same lists, so both share one resource. */
import type { Channel, Home } from '../../api/types'
import { api } from '../../lib/api'
import { nextPage } from '../../lib/pages'
import { type Resource, useResource } from '../../lib/resource'
import { siteNotice } from '../../lib/siteNotice'

/** `pages` counts the loaded pages of `streams`. */
export type HomePages = Home & { pages: number }

/** Lists may show a live state that is up to a minute old, so a faster reload gains little. */
const RELOAD_MS = 25_000

/** Every viewer's page has the sidebar. At the pace of the home page, its reloads would cost more than all the rest. */
export const SIDEBAR_RELOAD_MS = 900_000

export function useHome(everyMs = RELOAD_MS): Resource<HomePages> & { more(): Promise<void> } {
  const resource = useResource<HomePages>('home', (before) => load(before?.pages ?? 1), { everyMs })
  const more = nextPage(resource, loadPage, (home, page) => ({
    ...home,
    streams: withChannels(home.streams, page.streams),
    next: page.next,
    pages: home.pages + 1,
  }))
  return { ...resource, more }
}

async function load(pages: number): Promise<HomePages> {
  const first = await loadPage()
  siteNotice.set(first.notice?.text ?? null)
  let { streams, next } = first
  let count = 1
  while (next && count < pages) {
    const page = await loadPage(next)
    streams = withChannels(streams, page.streams)
    next = page.next
    count += 1
  }
  return { ...first, streams, next, pages: count }
}

function loadPage(cursor?: string): Promise<Home> {
  return api.get('/api/pages/home', { query: { cursor } })
}

/** Append channels that aren't in the list. A channel moves up when it goes live, so a later page may repeat it. */
export function withChannels(channels: Channel[], later: Channel[]): Channel[] {
  const ids = new Set(channels.map(({ user }) => user.id))
  return [...channels, ...later.filter(({ user }) => !ids.has(user.id))]
}
