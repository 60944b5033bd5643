import type { ViewerToken } from '../api/types'
import { answer, api } from './apiClient'
import { tabName } from './tab'

/** A token with which this tab may join `host`'s room, and read and write its chat. */
export async function mint(host: string): Promise<ViewerToken> {
  const tab = await tabName()
  return answer(api.POST('/api/token', { body: { host, tab } }))
}
