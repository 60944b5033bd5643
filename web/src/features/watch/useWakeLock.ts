/** Keeps the screen on while a picture moves in a tab that is looked at, and no longer. */
import { useEffect } from 'preact/hooks'

export function useWakeLock(isWanted: boolean): void {
  useEffect(() => {
    const wakeLock: WakeLock | undefined = navigator.wakeLock
    if (!isWanted || !wakeLock) return
    let stopped = false
    let lock: WakeLockSentinel | null = null
    const take = async () => {
      if (document.visibilityState !== 'visible' || (lock && !lock.released)) return
      try {
        lock = await wakeLock.request('screen')
        if (stopped) await lock.release()
      } catch {
        // Low battery, or not allowed: the screen does as it always does.
      }
    }
    // The browser takes the lock away when the tab is hidden.
    const seen = () => void take()
    document.addEventListener('visibilitychange', seen)
    void take()
    return () => {
      stopped = true
      document.removeEventListener('visibilitychange', seen)
      void lock?.release()
    }
  }, [isWanted])
}
