/** While a page waits for its channel, this keeps its stream up to date by the public live status. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { LiveStatus, Stream } from '../../api/types'
import { Refusal } from '../../lib/refusal'
import type { Resource } from '../../lib/resource'
import { useLatest } from '../../lib/useLatest'
import { isOutdated, requestLiveStatus, withStatus } from './liveStatus'
import { pollStream } from './pollStream'

interface Waiting {
  /** The latest live status. Null while the page doesn't wait. */
  status: LiveStatus | null
  /** Poll now. No-op while the page doesn't wait. */
  retry(): void
}

/** Poll the live status of `host` while `isWaiting`. The page itself is reloaded only if its settings have changed. */
export function useLiveStatus<Page extends { stream: Stream }>(
  host: string,
  page: Resource<Page>,
  isWaiting: boolean,
  onFailed: () => void = () => {},
): Waiting {
  const [status, setStatus] = useState<LiveStatus | null>(null)
  const retry = useRef(() => {})
  const latest = useLatest({ page, onFailed })

  useEffect(() => {
    if (!isWaiting) return
    const load = async () => {
      try {
        const received = await requestLiveStatus(host)
        setStatus(received)
        applyStatus(latest.current.page, received)
        return true
      } catch (error) {
        if (Refusal.caught(error).status !== 404) return false
        // The channel may have been deleted, which its page shows.
        void latest.current.page.reload()
        return true
      }
    }
    const onPollFailed = () => latest.current.onFailed()
    const polling = pollStream({ isInRoom: false, load, onFailed: onPollFailed })
    retry.current = polling.retry
    return () => {
      polling.stop()
      retry.current = () => {}
      setStatus(null)
    }
  }, [host, isWaiting, latest])
  return { status, retry: () => retry.current() }
}

function applyStatus<Page extends { stream: Stream }>(
  page: Resource<Page>,
  status: LiveStatus,
): void {
  if (page.data && isOutdated(page.data.stream, status)) void page.reload()
  page.change((data) => ({ ...data, stream: withStatus(data.stream, status) }))
}
