/** A channel as its page shows it. Who comes back to the tab sees what is new; `useNews` asks in between. */
import type { ChannelPage } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, useResource } from '../../lib/resource'

export function useChannel(username: string): Resource<ChannelPage> {
  return useResource(`channel ${username}`, () =>
    api.get('/api/pages/channels/{username}', { path: { username } }),
  )
}
