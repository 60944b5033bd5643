/** A channel as its page shows it. It is loaded again when the viewer returns to the tab; `usePlayer` polls for more. */
import type { ChannelPage } from '../../api/types'
import { api } from '../../lib/api'
import { type Resource, useResource } from '../../lib/resource'

export function useChannel(username: string): Resource<ChannelPage> {
  return useResource(`channel ${username}`, () =>
    api.get('/api/pages/channels/{username}', { path: { username } }),
  )
}
