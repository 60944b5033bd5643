/** The player's effects: a room while there is something to see, and a question now and then while there is not. */
import type { RemoteTrack, Room } from 'livekit-client'
import type { RefObject } from 'preact'
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks'
import type { Stream, ViewerToken } from '../../api/types'
import { account } from '../../lib/account'
import { awaitFirstPicture, firstPicture } from '../../lib/firstPicture'
import type { LiveRoom } from '../../lib/liveRoom'
import { loadLiveRoom } from '../../lib/loadLiveRoom'
import { Refusal } from '../../lib/refusal'
import type { Resource } from '../../lib/resource'
import { session } from '../../lib/signin'
import { useStore } from '../../lib/store'
import { renameTab } from '../../lib/tab'
import { mint } from '../../lib/viewerToken'
import { inRoom, untilJoin, untilLive } from './pauses'
import {
  initialState,
  isPlaying,
  isWanted,
  look,
  type PlayerEvent,
  reduce,
  type View,
  type Words,
} from './playerState'
import { applySound, rememberedSound, rememberSound, type Sound } from './sound'
import { waking } from './waking'

export interface Joined {
  room: Room
  ticket: ViewerToken
}

export interface Player {
  view: View
  words: Words
  /** Null until the room has been joined. */
  viewers: number | null
  /** The room, each time that it has been joined, and by which token. */
  joined: Joined | null
  sound: Sound
  isPaused: boolean
  video: RefObject<HTMLVideoElement | null>
  setVolume(volume: number): void
  setMuted(muted: boolean): void
  togglePause(): void
  /** Tries at once rather than at the end of the pause. */
  retry(): void
}

/** 'Back soon' ends by itself after this, should nobody say so: the longest drop grace. */
const GRACE_MS = 95_000
const OVERDUE_MS = 4_000
const COUNT_MS = 2_000
/** Those whom one fault has cut off come back together: what they ask then is spread over this. */
const SPREAD_MS = 5_000

/**
 * Plays what `host` (a username) sends, and keeps `page`, which holds their stream, as new as the room tells. It joins
 * once the page says that there is something to see. `onRefused` is called where there is nobody of that name to watch,
 * or nobody who lets this viewer.
 */
export function usePlayer<Page extends { stream: Stream }>(
  host: string,
  page: Resource<Page>,
  onRefused: () => void,
): Player {
  const { status, epoch } = useStore(session)
  const { me } = useStore(account)
  const [state, dispatch] = useReducer(reduce, initialState)
  const [viewers, setViewers] = useState<number | null>(null)
  const [joined, setJoined] = useState<Joined | null>(null)
  const [sound, setSound] = useState(rememberedSound)
  const [isPaused, setPaused] = useState(false)
  const video = useRef<HTMLVideoElement>(null)
  const wanted = useRef(sound)
  const retry = useRef(() => {})
  const latest = useRef({ page, onRefused })
  latest.current = { page, onRefused }

  const stream = page.data?.stream
  // To the API somebody signed in is still a guest before they have chosen a username.
  const isGuest = status !== 'signedIn' || me?.username === null
  const isJoining = isWanted(state)

  useEffect(awaitFirstPicture, [])
  useEffect(() => {
    if (!stream) return
    const isKeptOut = stream.isSignedInOnly && isGuest
    dispatch({ type: 'announced', state: stream.state, isKeptOut })
    // No picture to wait for.
    if (isKeptOut || stream.state === 'offline') firstPicture.set(true)
  }, [stream, isGuest])

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
    if (!element || !isJoining) return
    let stopped = false
    let wake = () => {}
    let room: LiveRoom | null = null
    let joinedBefore = false
    let onLeft: (why: 'replaced' | 'removed' | 'lost') => void = () => {}
    let overdue = 0
    let refreshing = 0
    const tracks = new Set<RemoteTrack>()
    // A room that is being left goes on telling for a moment.
    const tell = (event: PlayerEvent) => {
      if (!stopped) dispatch(event)
    }

    const onTrack = (track: RemoteTrack) => {
      if (track.kind !== 'video' && track.kind !== 'audio') return
      tracks.add(track)
      track.attach(element)
      tell({ type: 'track', kind: track.kind })
      void apply(wanted.current)
    }
    const onTrackGone = (track: RemoteTrack) => {
      tracks.delete(track)
      track.detach(element)
      if (track.kind === 'video' || track.kind === 'audio') {
        tell({ type: 'trackGone', kind: track.kind })
      }
    }
    const onHost = (here: boolean) => {
      tell({ type: 'host', here })
      window.clearTimeout(overdue)
      if (here) {
        overdue = window.setTimeout(() => tell({ type: 'pictureOverdue' }), OVERDUE_MS)
      }
    }
    const onCount = () => setViewers(room ? room.viewers() : null)
    const onFrame = () => {
      if (element.videoWidth > 0 && element.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
        firstPicture.set(true)
        tell({ type: 'frame' })
      }
    }
    // What the room said meanwhile has been missed.
    const onBack = () => {
      refreshing = window.setTimeout(
        () => void latest.current.page.reload(),
        Math.random() * SPREAD_MS,
      )
    }
    const onMetadata = (metadata: string) => {
      void import('./roomNews').then(
        ({ withNews }) =>
          latest.current.page.change((before) => ({
            ...before,
            stream: withNews(before.stream, metadata),
          })),
        () => {},
      )
    }
    const onPlayOrPause = () => setPaused(element.paused && element.srcObject !== null)

    const join = async () => {
      // The client's code and the token don't wait for each other.
      const [{ openRoom }, ticket] = await Promise.all([loadLiveRoom(), mint(host)])
      if (stopped) return
      room ??= openRoom({
        onInterrupted: () => tell({ type: 'interrupted' }),
        onResumed: () => {
          tell({ type: 'resumed' })
          onBack()
        },
        onLeft: (why) => onLeft(why),
        onHost,
        onTrack,
        onTrackGone,
        onCount,
        onMetadata,
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
      tell({ type: 'joined' })
      setJoined({ room: room.room, ticket })
      if (joinedBefore) onBack()
      joinedBefore = true
      // No picture to wait for.
      if (!room.isHostHere()) firstPicture.set(true)
      onCount()
      const why = await left
      for (const track of tracks) track.detach(element)
      tracks.clear()
      setJoined(null)
      if (why === 'replaced') renameTab()
      tell({ type: 'left' })
    }

    const keepJoining = async () => {
      let tries = 0
      while (!stopped) {
        tell({ type: 'joining' })
        const startedAt = Date.now()
        let atLeastMs: number | null = null
        try {
          await join()
          // A room that throws us out at once must not be asked again without a pause.
          if (Date.now() - startedAt > 30_000) tries = 0
        } catch (error) {
          const { code, retryAfterMs } = Refusal.caught(error)
          if (stopped) return
          if (code === 'not_found' || code === 'host_not_found' || code === 'blocked') {
            tell({ type: 'refused', refusal: 'notFound' })
            latest.current.onRefused()
            return
          }
          atLeastMs = retryAfterMs
          if (code === 'not_configured') tell({ type: 'refused', refusal: 'notConfigured' })
          else if (code === 'rate_limited') tell({ type: 'refused', refusal: 'limited' })
          else if (code === 'signed_in_only') tell({ type: 'refused', refusal: 'signedInOnly' })
          else tell({ type: 'failed' })
        }
        const until = Date.now() + untilJoin(tries, atLeastMs, Math.random())
        tries += 1
        do {
          if (stopped) return
          await waking(until - Date.now(), (ready) => {
            wake = ready
            retry.current = ready
          })
          // Who comes back to the tab need not wait, unless the server has said how long.
        } while (atLeastMs && Date.now() < until)
      }
    }

    const count = window.setInterval(onCount, COUNT_MS)
    const frames = ['loadeddata', 'playing', 'resize', 'timeupdate'] as const
    for (const name of frames) element.addEventListener(name, onFrame)
    for (const name of ['play', 'pause'] as const) element.addEventListener(name, onPlayOrPause)
    void keepJoining()

    return () => {
      stopped = true
      wake()
      onLeft('lost')
      window.clearInterval(count)
      window.clearTimeout(overdue)
      window.clearTimeout(refreshing)
      for (const name of frames) element.removeEventListener(name, onFrame)
      for (const name of ['play', 'pause'] as const) {
        element.removeEventListener(name, onPlayOrPause)
      }
      for (const track of tracks) track.detach(element)
      void room?.leave()
      setViewers(null)
      setJoined(null)
      dispatch({ type: 'left' })
    }
  }, [host, epoch, isJoining, apply])

  // While viewers are told 'back soon'.
  const isAway = state.connection === 'joined' && state.isBackSoon && !state.isHostHere
  useEffect(() => {
    if (!isAway) return
    const grace = window.setTimeout(() => dispatch({ type: 'graceOver' }), GRACE_MS)
    return () => window.clearTimeout(grace)
  }, [isAway])

  // Outside of the room the API alone knows; inside, the room tells, and the API is asked in case that was lost.
  const isInRoom = isJoining && state.connection === 'joined'
  const isAsking = isJoining ? isInRoom && !(isPlaying(state) && stream?.isLive) : true
  useEffect(() => {
    if (!isAsking) return
    let stopped = false
    let wake = () => {}
    const startedAt = Date.now()
    const keepAsking = async () => {
      while (!stopped) {
        const random = Math.random()
        await waking(
          isInRoom ? inRoom(random) : untilLive(Date.now() - startedAt, random),
          (ready) => {
            wake = ready
            if (!isInRoom) retry.current = ready
          },
        )
        if (stopped || document.visibilityState !== 'visible') continue
        const said = await latest.current.page.reload()
        if (!said && !stopped && !isInRoom) dispatch({ type: 'failed' })
      }
    }
    void keepAsking()
    return () => {
      stopped = true
      wake()
    }
  }, [isAsking, isInRoom])

  const change = (next: Sound) => {
    rememberSound(next)
    void apply(next)
  }
  return {
    ...look(state),
    viewers,
    joined,
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
