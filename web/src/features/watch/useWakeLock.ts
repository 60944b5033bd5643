import { useEffect } from 'preact/hooks'

/** Keep the screen on while video plays in a visible tab. */
export function useWakeLock(isWanted: boolean): void {
  useEffect(() => {
    const wakeLock: WakeLock | undefined = navigator.wakeLock
    if (!isWanted || !wakeLock) return
    let stopped = false
    let lock: WakeLockSentinel | null = null
    const request = async () => {
      if (document.visibilityState !== 'visible' || (lock && !lock.released)) return
      try {
        lock = await wakeLock.request('screen')
        if (stopped) await lock.release()
      } catch {
        // The battery is low, or the browser doesn't allow it. The screen turns off as usual.
      }
    }
    // The browser releases the lock when the tab is hidden.
    const onVisibility = () => void request()
    document.addEventListener('visibilitychange', onVisibility)
    void request()
    return () => {
      stopped = true
      document.removeEventListener('visibilitychange', onVisibility)
      void lock?.release()
    }
  }, [isWanted])
}
