import { inRoomDelayMs, waitingDelayMs } from '../../lib/delays'
import { type Pause, startPause } from '../../lib/pause'

interface PollOptions {
  isInRoom: boolean
  /** Load the stream's state. Resolves with a falsy value if that failed. */
  load(): Promise<unknown>
  onFailed(): void
}

interface Poll {
  /** Poll now instead of at the end of the pause. */
  retry(): void
  stop(): void
}

/**
 * Load the stream's state at intervals while the tab is visible.
 *
 * Outside the room, nothing else has the state, so the first poll doesn't wait. Failures in the room are not reported:
 * it works.
 */
export function pollStream({ isInRoom, load, onFailed }: PollOptions): Poll {
  let isStopped = false
  let pause: Pause | null = null
  let failures = 0

  const poll = async () => {
    const isLoaded = await load()
    failures = isLoaded ? 0 : failures + 1
    if (!isLoaded && !isStopped && !isInRoom) onFailed()
  }
  const keepPolling = async () => {
    if (!isInRoom) await poll()
    while (!isStopped) {
      const random = Math.random()
      pause = startPause(isInRoom ? inRoomDelayMs(random) : waitingDelayMs(failures, random))
      await pause.done
      if (!isStopped && document.visibilityState === 'visible') await poll()
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
