import type { ViewerToken } from '../api/types'
import { api } from './api'
import { tabName } from './tab'

/** A token with which this tab may join `host`'s room, and read and write its chat. */
export async function mint(host: string): Promise<ViewerToken> {
  const tab = await tabName()
  return api.post('/api/token', { body: { host, tab } })
}
