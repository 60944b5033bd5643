import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { timedFetch } from './timedFetch'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Send a request that is never answered, and return whether it has ended. */
function hanging(method: string, signal?: AbortSignal) {
  let hasEnded = false
  vi.stubGlobal('fetch', (_: Request, init: { signal: AbortSignal }) => {
    return new Promise((_resolve, reject) => init.signal.addEventListener('abort', reject))
  })
  const request = new Request('http://localhost/', { method, ...(signal && { signal }) })
  timedFetch(request).catch(() => {
    hasEnded = true
  })
  return async (afterMs: number) => {
    await vi.advanceTimersByTimeAsync(afterMs)
    return hasEnded
  }
}

test('a page waits no longer for its data than functions run', async () => {
  const hasEnded = hanging('GET')
  expect(await hasEnded(11_000)).toBe(false)
  expect(await hasEnded(1_000)).toBe(true)
})

test('a change may take as long as the gateway allows', async () => {
  const hasEnded = hanging('POST')
  expect(await hasEnded(30_000)).toBe(false)
  expect(await hasEnded(1_000)).toBe(true)
})

test('a request can end earlier', async () => {
  const aborter = new AbortController()
  const hasEnded = hanging('POST', aborter.signal)
  aborter.abort()
  expect(await hasEnded(0)).toBe(true)
})

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('every request of the site has a timeout', () => {
  const calls = Object.entries(sources).flatMap(([file, source]) =>
    [...source.matchAll(/^.*(?<![\w.])fetch\(.*$|^.*XMLHttpRequest.*$/gm)].map(([line]) => ({
      file,
      line,
    })),
  )
  expect(calls.map(({ file }) => file).sort()).toEqual(['../app/shell.ts', './timedFetch.ts'])
  for (const { line } of calls) expect(line).toContain('signal')
})
