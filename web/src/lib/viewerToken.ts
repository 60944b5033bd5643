import type { ViewerToken } from '../api/types'
import { api } from './api'
import { tabName } from './tab'

/** Request a token with which this tab can join `host`'s room, and read and write its chat. */
export async function requestViewerToken(host: string): Promise<ViewerToken> {
  const tab = await tabName()
  return api.post('/api/token', { body: { host, tab } })
}
