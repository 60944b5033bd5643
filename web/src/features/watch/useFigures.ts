import { useEffect, useState } from 'preact/hooks'
import type { Joined } from '../../lib/joinRoom'
import { sampleEvery } from '../../lib/pause'
import { type Figures, figuresBetween, type Reading, takeReading } from './statistics'

const EVERY_MS = 1_000
/** Figures are of the last five seconds: a picture's bitrate swings with its key frames. */
const READINGS = 6

/** Figures of what a page receives, each second. Null until there are two readings. */
export function useFigures(joined: Joined | null): Figures | null {
  const [figures, setFigures] = useState<Figures | null>(null)
  useEffect(() => {
    if (!joined) return
    let readings: Reading[] = []
    const end = sampleEvery(
      EVERY_MS,
      () => takeReading(joined),
      (reading) => {
        const [oldest] = readings
        const next = oldest && reading ? figuresBetween(oldest, reading) : null
        setFigures(next)
        const kept = next ? readings.slice(1 - READINGS) : []
        readings = reading ? [...kept, reading] : []
      },
    )
    return () => {
      end()
      setFigures(null)
    }
  }, [joined])
  return figures
}
