/** A channel as its page shows it. It is loaded again when the viewer returns to the tab. */
import type { ChannelPage } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, useResource } from '../../lib/resource'
import { withLatestStatus } from './liveStatus'

export function useChannel(username: string): Resource<ChannelPage> {
  return useResource(`channel ${username}`, async () => {
    const page = await api.get('/api/pages/channels/{username}', { path: { username } })
    return { ...page, stream: withLatestStatus(username, page.stream) }
  })
}

/** Estimate how many wait for a channel that is offline: as many as follow it, or any number while that is unknown. */
export function audienceOf(page: ChannelPage | undefined): number {
  return page?.user.followerCount ?? Infinity
}
