import { useEffect, useRef, useState } from 'preact/hooks'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { isTaken } from '../../lib/keys'
import { load } from '../../lib/load'
import { useStore } from '../../lib/store'
import { useLatest } from '../../lib/useLatest'
import { lazy } from '../../ui/lazy'
import { keepLastFrame } from './lastFrame'
import { PlayerControls, type PlayerControlsProps } from './PlayerControls'
import { watchPicture } from './pictureWatch'
import { type Quality, quality } from './quality'
import * as strings from './strings'
import { isTheater } from './theater'
import type { Player } from './usePlayer'
import styles from './VideoPlayer.module.css'

const PlayerMenu = lazy(() => import('./PlayerMenu'))

/** What a playing video needs: a watch over its picture, its last real frame, controls, and theater mode. */
export default function Picture(props: PlayerControlsProps) {
  const { player, hasTheater } = props
  const { view, reason, joined, isPaused, video, dispatch } = player
  const chosen = useStore(quality)
  const lastFrame = useRef<HTMLCanvasElement>(null)
  // Null while the menu is closed. Undefined until it is first opened, or the page is hidden: then it names the stream.
  const [opener, setOpener] = useState<HTMLElement | null>()
  const watched = view === 'live' && !isPaused ? joined : null
  const isWide = useStore(isTheater) && !!hasTheater

  useEffect(() => {
    if (watched) return watchPicture(watched, dispatch)
  }, [watched, dispatch])
  useEffect(() => {
    if (video.current && lastFrame.current) return keepLastFrame(video.current, lastFrame.current)
  }, [video])
  useEffect(() => {
    const root = document.documentElement
    root.toggleAttribute('data-theater', isWide)
    if (isWide) window.scrollTo(0, 0)
    return () => root.removeAttribute('data-theater')
  }, [isWide])
  usePage(props, () => setOpener((now) => now ?? null))
  useReception(player, chosen)
  return (
    <>
      <canvas ref={lastFrame} class={styles.video} hidden />
      {reason === 'live' && chosen === 'sound' && (
        <div class={`${styles.curtain} ${styles.sheer}`}>
          <p class={styles.words}>{strings.curtain.soundOnly()}</p>
        </div>
      )}
      {view === 'live' && <PlayerControls {...props} isWide={isWide} onMenu={setOpener} />}
      <Suspended>
        {opener !== undefined && (
          <PlayerMenu {...props} opener={opener} onClose={() => setOpener(null)} />
        )}
      </Suspended>
    </>
  )
}

/** Receive what the viewer wants: nothing while paused. The code is loaded for viewers who limit it. */
function useReception({ view, joined, isPaused }: Player, chosen: Quality): void {
  const hasFrame = view === 'live'
  useEffect(() => {
    if (!joined || (chosen === 'auto' && !isPaused)) return
    let isOver = false
    let lift = () => {}
    load(() => import('./reception')).then(
      ({ limitReception }) => {
        if (!isOver) lift = limitReception(joined, { isPaused, quality: chosen, hasFrame })
      },
      // Without the code the page receives everything.
      () => {},
    )
    return () => {
      isOver = true
      lift()
    }
  }, [joined, chosen, isPaused, hasFrame])
}

/**
 * Listen to the player's shortcuts, and to whether the page is hidden.
 *
 * The code of the shortcuts is loaded with the first key press that may be one.
 */
function usePage(props: PlayerControlsProps, onHidden: () => void): void {
  const latest = useLatest(props)
  useEffect(() => {
    let handle: typeof import('./shortcuts').handleKey | undefined
    const onKey = async (event: KeyboardEvent) => {
      if (isTaken(event)) return
      // The event has no path later.
      const path = event.composedPath()
      // Space would scroll the page.
      if (event.key === ' ' && event.target === document.body) event.preventDefault()
      handle ??= (await load(() => import('./shortcuts'))).handleKey
      handle(event, path, latest.current)
    }
    const page = new AbortController()
    const { signal } = page
    document.addEventListener('keydown', onKey, { signal })
    document.addEventListener('visibilitychange', onHidden, { signal })
    return () => page.abort()
  }, [])
}
