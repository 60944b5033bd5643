import { type Pause, startPause } from '../../lib/pause'
import { inRoomDelayMs, offlineDelayMs } from './pollDelays'

interface PollOptions {
  isInRoom: boolean
  /** Request the page. Resolves with undefined if that failed. */
  reload(): Promise<unknown>
  onFailed(): void
}

interface Poll {
  /** Poll now instead of at the end of the pause. */
  retry(): void
  stop(): void
}

/** Reload the channel page at intervals while the tab is visible. Failures in the room are not reported: it works. */
export function pollStream({ isInRoom, reload, onFailed }: PollOptions): Poll {
  let isStopped = false
  let pause: Pause | null = null
  const startedAt = Date.now()

  const keepPolling = async () => {
    while (!isStopped) {
      const random = Math.random()
      pause = startPause(
        isInRoom ? inRoomDelayMs(random) : offlineDelayMs(Date.now() - startedAt, random),
      )
      await pause.done
      if (isStopped || document.visibilityState !== 'visible') continue
      const page = await reload()
      if (!page && !isStopped && !isInRoom) onFailed()
    }
  }
  void keepPolling()
  const retry = () => pause?.end()
  return {
    retry,
    stop() {
      isStopped = true
      retry()
    },
  }
}
