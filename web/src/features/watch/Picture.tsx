import { useEffect, useRef } from 'preact/hooks'
import { keepLastFrame } from './lastFrame'
import { PlayerControls, type PlayerControlsProps } from './PlayerControls'
import { watchPicture } from './pictureWatch'
import styles from './VideoPlayer.module.css'

/** What a playing video needs: a watch over its picture, its last real frame, and controls. */
export default function Picture(props: PlayerControlsProps) {
  const { player } = props
  const { view, joined, isPaused, video, dispatch } = player
  const lastFrame = useRef<HTMLCanvasElement>(null)
  const watched = view === 'live' && !isPaused ? joined : null

  useEffect(() => {
    if (watched) return watchPicture(watched, dispatch)
  }, [watched, dispatch])
  useEffect(() => {
    if (video.current && lastFrame.current) return keepLastFrame(video.current, lastFrame.current)
  }, [video])
  return (
    <>
      <canvas ref={lastFrame} class={styles.video} hidden />
      {view === 'live' && <PlayerControls {...props} />}
    </>
  )
}
