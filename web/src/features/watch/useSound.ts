import type { RefObject } from 'preact'
import { useCallback, useRef, useState } from 'preact/hooks'
import type { Hold } from './hold'
import { applySound, applyVolume, type Sound, storedSound, storeSound } from './sound'

export interface SoundControl {
  sound: Sound
  /** Apply the sound again, as after a track was attached. */
  reapply(): void
  setVolume(volume: number): void
  setMuted(isMuted: boolean): void
}

/** The volume and mute that the viewer wants, applied to the video element. A paused one stays paused. */
export function useSound(video: RefObject<HTMLVideoElement | null>, hold: Hold): SoundControl {
  const [sound, setSound] = useState(storedSound)
  const wanted = useRef(sound)

  const apply = useCallback(
    async (next: Sound) => {
      wanted.current = next
      setSound(next)
      if (!video.current) return
      if (hold.isHeld()) return applyVolume(video.current, next)
      const applied = await applySound(video.current, next)
      // The viewer may have changed it in the meantime.
      if (wanted.current !== next) return
      wanted.current = applied
      setSound(applied)
    },
    [hold],
  )
  const reapply = useCallback(() => void apply(wanted.current), [apply])

  const change = (next: Sound) => {
    storeSound(next)
    void apply(next)
  }
  return {
    sound,
    reapply,
    setVolume: (volume) => change({ volume, isMuted: volume === 0, isRefused: false }),
    setMuted: (isMuted) =>
      change({
        // To unmute at volume 0 would change nothing.
        volume: !isMuted && sound.volume === 0 ? 0.5 : sound.volume,
        isMuted,
        isRefused: false,
      }),
  }
}
