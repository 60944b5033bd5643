/** Keeps this tab in a host's room: it joins, and joins again with backoff, until it leaves or the API refuses for good. */
import type { Room } from 'livekit-client'
import type { ViewerToken } from '../api/types'
import { joinDelayMs, joinSpreadMs } from './delays'
import type { LeaveReason, LiveRoom, RoomListener } from './liveRoom'
import { loadLiveRoom } from './loadLiveRoom'
import { type Pause, startPause } from './pause'
import { Refusal } from './refusal'
import { renameTab } from './tab'
import { requestViewerToken } from './viewerToken'

/** A room that has been joined, and the token that was used. */
export interface Joined {
  room: Room
  viewerToken: ViewerToken
}

interface JoinOptions {
  /** Receive the host's media. */
  autoSubscribe: boolean
  /** How many may have waited for the channel, as this page has. The first request of each waits at random. */
  awaitedBy?: number
  listener: Partial<Omit<RoomListener, 'onLeft'>>
  /** An attempt to join starts. */
  onJoining?(): void
  /** The room has been joined. The returned function is called when the room has been left. */
  onRoom(live: LiveRoom, viewerToken: ViewerToken): () => void
  /** An attempt failed. If `isFinal`, it was the last one. */
  onRefused(refusal: Refusal, isFinal: boolean): void
}

export interface Membership {
  /** End the pause before the next attempt, unless the API has asked to wait. */
  retry(): void
  leave(): void
}

/** The channel doesn't exist or doesn't admit this viewer. */
const FINAL_CODES = ['not_found', 'host_not_found', 'blocked', 'signed_in_only']
/** After a stay of this length the backoff starts over. A room that removes viewers at once must not reset it. */
const LONG_STAY_MS = 30_000

/** Join `host`'s room and stay in it. `host` is a username. */
export function keepJoined(host: string, options: JoinOptions): Membership {
  const { autoSubscribe, awaitedBy = 0, listener, onJoining, onRoom, onRefused } = options
  let isOver = false
  let live: LiveRoom | null = null
  let pause: Pause | null = null
  let onLeft: (reason: LeaveReason) => void = () => {}
  let cleanUp = () => {}

  /** Join once. Resolves when the room has been left. */
  const stay = async (spreadMs: number) => {
    const spread = async () => {
      if (spreadMs === 0) return requestViewerToken(host)
      pause = startPause(spreadMs)
      await pause.done
      return isOver ? null : requestViewerToken(host)
    }
    // The client's code and the token don't wait for each other.
    const [{ openRoom }, token] = await Promise.all([loadLiveRoom(), spread()])
    if (isOver || !token) return
    live ??= openRoom({ ...listener, onLeft: (reason) => onLeft(reason) })
    const leaveReason = new Promise<LeaveReason>((resolve) => {
      onLeft = resolve
    })
    await live.join(token, autoSubscribe)
    if (isOver) return live.leave()
    cleanUp = onRoom(live, token)
    const reason = await leaveReason
    if (isOver) return
    cleanUp()
    cleanUp = () => {}
    if (reason === 'replaced') renameTab()
  }

  const keepJoining = async () => {
    for (let attempt = 0; !isOver; attempt += 1) {
      let minimumMs: number | null = null
      const startedAt = Date.now()
      onJoining?.()
      try {
        await stay(attempt === 0 ? joinSpreadMs(awaitedBy, Math.random()) : 0)
        if (Date.now() - startedAt > LONG_STAY_MS) attempt = 0
      } catch (error) {
        if (isOver) return
        const refusal = Refusal.caught(error)
        const isFinal = FINAL_CODES.includes(refusal.code)
        onRefused(refusal, isFinal)
        if (isFinal) return
        minimumMs = refusal.retryAfterMs
      }
      await wait(joinDelayMs(attempt, minimumMs, Math.random()), Boolean(minimumMs))
    }
  }

  const wait = async (ms: number, isRequired: boolean) => {
    const until = Date.now() + ms
    do {
      if (isOver) return
      pause = startPause(until - Date.now())
      await pause.done
    } while (isRequired && Date.now() < until)
  }

  void keepJoining()
  return {
    retry: () => pause?.end(),
    leave() {
      isOver = true
      pause?.end()
      cleanUp()
      onLeft('lost')
      void live?.leave()
    },
  }
}
