export interface Pause {
  /** Resolves when the pause has ended. */
  done: Promise<void>
  /** End the pause early. No-op if it has ended. */
  end(): void
}

/** Start a pause of `ms`. It ends early when the network returns or the tab becomes visible. */
export function startPause(ms: number): Pause {
  let end = () => {}
  const done = new Promise<void>((resolve) => {
    end = () => {
      window.clearTimeout(timer)
      window.removeEventListener('online', end)
      document.removeEventListener('visibilitychange', endIfVisible)
      resolve()
    }
    const endIfVisible = () => {
      if (document.visibilityState === 'visible') end()
    }
    const timer = window.setTimeout(end, ms)
    window.addEventListener('online', end)
    document.addEventListener('visibilitychange', endIfVisible)
  })
  return { done, end: () => end() }
}

/** Take a sample at an interval, and use it: null if it failed. Return a function that ends this. */
export function sampleEvery<Sample>(
  everyMs: number,
  take: () => Promise<Sample | null>,
  use: (sample: Sample | null) => void,
): () => void {
  let isOver = false
  const timer = window.setInterval(async () => {
    const sample = await take().catch(() => null)
    if (!isOver) use(sample)
  }, everyMs)
  return () => {
    isOver = true
    window.clearInterval(timer)
  }
}
