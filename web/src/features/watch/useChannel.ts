/** A channel as its page shows it. Who comes back to the tab sees what is new; `useNews` asks in between. */
import type { ChannelPage } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
import { type Resource, useResource } from '../../lib/resource'

export function useChannel(username: string): Resource<ChannelPage> {
  return useResource(`channel ${username}`, () =>
    answer(api.GET('/api/pages/channels/{username}', { params: { path: { username } } })),
  )
}
