import { useEffect, useState } from 'preact/hooks'

const TICK_MS = 250

/** Return the current time, updated often enough until `until` that a countdown skips no second. */
export function useNowUntil(until: number | null): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    setNow(Date.now())
    if (until === null || until <= Date.now()) return
    const timer = window.setInterval(() => {
      setNow(Date.now())
      if (Date.now() >= until) window.clearInterval(timer)
    }, TICK_MS)
    return () => window.clearInterval(timer)
  }, [until])
  return now
}
