/** The player's one effect: a room, made once for each mount, joined for as long as the page is open. */
import type { RemoteTrack } from 'livekit-client'
import type { RefObject } from 'preact'
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { StreamState, ViewerToken } from '../../api/types'
import { answer, api } from '../../lib/apiClient'
import { awaitFirstPicture, firstPicture } from '../../lib/firstPicture'
import type { LiveRoom } from '../../lib/liveRoom'
import { loadLiveRoom } from '../../lib/loadLiveRoom'
import { Refusal } from '../../lib/refusal'
import { session } from '../../lib/signin'
import { useStore } from '../../lib/store'
import { renameTab, tabName } from '../../lib/tab'
import { initialState, look, type PlayerState, reduce, type View, type Words } from './playerState'
import { applySound, rememberedSound, rememberSound, type Sound } from './sound'

export interface Player {
  view: View
  words: Words
  refusal: PlayerState['refusal']
  /** It asks for the channel by itself, because the broadcast may be over. */
  isAsking: boolean
  /** Null until the room has been joined. */
  viewers: number | null
  sound: Sound
  isPaused: boolean
  video: RefObject<HTMLVideoElement | null>
  setVolume(volume: number): void
  setMuted(muted: boolean): void
  togglePause(): void
  /** Tries to join at once rather than at the end of the pause. */
  retry(): void
}

/** Pauses between tries to join, in milliseconds; the last is repeated. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000]
/** 'Back soon' ends by itself after this, should the API not say so: the longest drop grace. */
const GRACE_MS = 95_000
/** How often the API is asked whether the broadcast is over, while viewers are told 'back soon'. */
const ASK_MS = 5_000
const OVERDUE_MS = 4_000
const COUNT_MS = 2_000

/**
 * Plays what `host` (a username) sends. `ask` loads the channel anew and says its stream's state; undefined where that
 * could not be had. `onRefused` is called where there is nobody of that name to watch, or nobody who lets this viewer.
 * `announced` is the state that the page was last told, so that who comes during a drop waits like those who saw it.
 */
export function usePlayer(
  host: string,
  ask: () => Promise<StreamState | undefined>,
  onRefused: () => void,
  announced: StreamState | undefined,
): Player {
  const { epoch } = useStore(session)
  const [state, dispatch] = useReducer(reduce, initialState)
  const [viewers, setViewers] = useState<number | null>(null)
  const [sound, setSound] = useState(rememberedSound)
  const [isPaused, setPaused] = useState(false)
  const video = useRef<HTMLVideoElement>(null)
  const wanted = useRef(sound)
  const retry = useRef(() => {})
  const asking = useRef({ ask, onRefused })
  asking.current = { ask, onRefused }

  const apply = useCallback(async (next: Sound) => {
    wanted.current = next
    setSound(next)
    if (!video.current) return
    const applied = await applySound(video.current, next)
    // A tap may have come while the browser thought about it.
    if (wanted.current !== next) return
    wanted.current = applied
    setSound(applied)
  }, [])

  useEffect(() => {
    const element = video.current
    if (!element) return
    let stopped = false
    let room: LiveRoom | null = null
    let onLeft: (why: 'replaced' | 'removed' | 'lost') => void = () => {}
    let overdue = 0
    const tracks = new Set<RemoteTrack>()

    const onTrack = (track: RemoteTrack) => {
      if (track.kind !== 'video' && track.kind !== 'audio') return
      tracks.add(track)
      track.attach(element)
      dispatch({ type: 'track', kind: track.kind })
      void apply(wanted.current)
    }
    const onTrackGone = (track: RemoteTrack) => {
      tracks.delete(track)
      track.detach(element)
      if (track.kind === 'video' || track.kind === 'audio') {
        dispatch({ type: 'trackGone', kind: track.kind })
      }
    }
    const onHost = (here: boolean) => {
      dispatch({ type: 'host', here })
      window.clearTimeout(overdue)
      if (here) {
        overdue = window.setTimeout(() => dispatch({ type: 'pictureOverdue' }), OVERDUE_MS)
      }
    }
    const onCount = () => setViewers(room ? room.viewers() : null)
    const onFrame = () => {
      if (element.videoWidth > 0 && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        firstPicture.set(true)
        dispatch({ type: 'frame' })
      }
    }
    const onPlayOrPause = () => setPaused(element.paused && element.srcObject !== null)

    const join = async () => {
      // The client's code and the token don't wait for each other.
      const [{ openRoom }, ticket] = await Promise.all([loadLiveRoom(), mint(host)])
      if (stopped) return
      room ??= openRoom({
        onInterrupted: () => dispatch({ type: 'interrupted' }),
        onResumed: () => dispatch({ type: 'resumed' }),
        onLeft: (why) => onLeft(why),
        onHost,
        onTrack,
        onTrackGone,
        onCount,
      })
      const left = new Promise<'replaced' | 'removed' | 'lost'>((resolve) => {
        onLeft = resolve
      })
      // The room is the host's user id, and so is the identity of the participant that brings their picture.
      await room.join(ticket.serverUrl, ticket.token, ticket.room)
      if (stopped) {
        await room.leave()
        return
      }
      dispatch({ type: 'joined' })
      // No picture to wait for.
      if (!room.isHostHere()) firstPicture.set(true)
      onCount()
      const why = await left
      for (const track of tracks) track.detach(element)
      tracks.clear()
      if (why === 'replaced') renameTab()
      dispatch({ type: 'left' })
    }

    const keepJoining = async () => {
      let tries = 0
      while (!stopped) {
        dispatch({ type: 'joining' })
        const startedAt = Date.now()
        try {
          await join()
          // A room that throws us out at once must not be asked again without a pause.
          if (Date.now() - startedAt > 30_000) tries = 0
        } catch (error) {
          const { code } = Refusal.caught(error)
          if (stopped) return
          if (code === 'not_found' || code === 'host_not_found' || code === 'blocked') {
            dispatch({ type: 'refused', refusal: 'notFound' })
            asking.current.onRefused()
            return
          }
          dispatch(
            code === 'not_configured'
              ? { type: 'refused', refusal: 'notConfigured' }
              : { type: 'joinFailed' },
          )
        }
        if (stopped) return
        const pause = PAUSES_MS[Math.min(tries, PAUSES_MS.length - 1)] ?? 30_000
        tries += 1
        await waking(pause * (0.75 + Math.random() * 0.5), (wake) => {
          retry.current = wake
        })
      }
    }

    const count = window.setInterval(onCount, COUNT_MS)
    const frames = ['loadeddata', 'playing', 'resize', 'timeupdate'] as const
    for (const name of frames) element.addEventListener(name, onFrame)
    for (const name of ['play', 'pause'] as const) element.addEventListener(name, onPlayOrPause)
    awaitFirstPicture()
    void keepJoining()

    return () => {
      stopped = true
      retry.current()
      onLeft('lost')
      window.clearInterval(count)
      window.clearTimeout(overdue)
      for (const name of frames) element.removeEventListener(name, onFrame)
      for (const name of ['play', 'pause'] as const) {
        element.removeEventListener(name, onPlayOrPause)
      }
      for (const track of tracks) track.detach(element)
      void room?.leave()
      dispatch({ type: 'left' })
    }
  }, [host, epoch, apply])

  useEffect(() => {
    if (announced) dispatch({ type: 'announced', state: announced })
  }, [announced])

  // While the host is away the API knows whether the broadcast is over or only interrupted.
  const isAsking = state.connection === 'joined' && state.isBackSoon && !state.isHostHere
  useEffect(() => {
    if (!isAsking) return
    let stopped = false
    let timer = 0
    const grace = window.setTimeout(() => dispatch({ type: 'graceOver' }), GRACE_MS)
    const next = (ms: number) => {
      timer = window.setTimeout(
        async () => {
          const said = await asking.current.ask()
          if (stopped) return
          if (said) dispatch({ type: 'announced', state: said })
          next(ASK_MS)
        },
        ms * (0.7 + Math.random() * 0.6),
      )
    }
    next(1_500)
    return () => {
      stopped = true
      window.clearTimeout(timer)
      window.clearTimeout(grace)
    }
  }, [isAsking])

  const change = (next: Sound) => {
    rememberSound(next)
    void apply(next)
  }
  return {
    ...look(state),
    refusal: state.refusal,
    isAsking,
    viewers,
    sound,
    isPaused,
    video,
    setVolume: (volume) => change({ volume, isMuted: volume === 0, isRefused: false }),
    setMuted: (isMuted) =>
      change({
        // Unmuting a slider that stands at nought would change nothing to the ear.
        volume: !isMuted && sound.volume === 0 ? 0.5 : sound.volume,
        isMuted,
        isRefused: false,
      }),
    togglePause: () => {
      const element = video.current
      if (!element) return
      if (element.paused) void element.play().catch(() => {})
      else element.pause()
    },
    retry: () => retry.current(),
  }
}

async function mint(host: string): Promise<ViewerToken> {
  const tab = await tabName()
  return answer(api.POST('/api/token', { body: { host, tab } }))
}

/** Resolves after `ms`, or earlier: when woken, when the network comes back, when the tab is looked at again. */
function waking(ms: number, onReady: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      window.clearTimeout(timer)
      window.removeEventListener('online', done)
      document.removeEventListener('visibilitychange', seen)
      onReady(() => {})
      resolve()
    }
    const seen = () => {
      if (document.visibilityState === 'visible') done()
    }
    const timer = window.setTimeout(done, ms)
    window.addEventListener('online', done)
    document.addEventListener('visibilitychange', seen)
    onReady(done)
  })
}
