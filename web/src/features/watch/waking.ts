/** Resolves after `ms`, or earlier: when woken, when the network comes back, when the tab is looked at again. */
export function waking(ms: number, onReady: (wake: () => void) => void): Promise<void> {
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
