import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { ViewerToken } from '../../api/types'
import type { Joined } from '../../lib/joinRoom'
import { requestViewerToken } from '../../lib/viewerToken'
import { type ChatApi, createChatApi } from './chatApi'

interface ViewerTokenState {
  /** Null before there is one. */
  viewerToken: ViewerToken | null
  chatApi: ChatApi
}

/** The latest viewer token for `host`'s chat, from the room or from a call of the chat's API, and that API. */
export function useViewerToken(host: string, joined: Joined | null): ViewerTokenState {
  const [viewerToken, setViewerToken] = useState(joined?.viewerToken ?? null)
  const latest = useRef(viewerToken)

  const keep = useCallback((token: ViewerToken) => {
    latest.current = token
    setViewerToken(token)
  }, [])
  useEffect(() => {
    if (joined) keep(joined.viewerToken)
  }, [joined, keep])

  const chatApi = useMemo(
    () =>
      createChatApi(host, {
        latest: () => latest.current,
        async renew() {
          const token = await requestViewerToken(host)
          keep(token)
          return token
        },
      }),
    [host, keep],
  )
  return { viewerToken, chatApi }
}
