// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { ErrorBoundary as Suspended } from 'preact-iso'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { lazy } from './lazy'
import * as strings from './strings'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  render(null, document.body)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const LOST = 'lost'
const HUNG = 'hung'
const Tea = { default: ({ kind }: { kind: string }) => <p>{kind} tea</p> }

/** Show a part whose imports end like this, one after another. All later imports succeed. */
async function show(...ends: string[]) {
  const importPart = vi.fn(async () => {
    const end = ends.shift()
    if (end === LOST) throw new TypeError('Failed to fetch dynamically imported module')
    if (end === HUNG) await new Promise(() => {})
    return Tea
  })
  const Part = lazy(importPart)
  await act(() =>
    render(
      <Suspended>
        <Part kind="green" />
      </Suspended>,
      document.body,
    ),
  )
  return importPart
}

const pass = (ms: number) =>
  act(async () => {
    await vi.advanceTimersByTimeAsync(ms)
  })
const text = () => document.body.textContent
const retry = async () => {
  await act(() => document.querySelector('button')?.click())
  await pass(3_000)
}

test('a part is shown when its code has arrived', async () => {
  const importPart = await show()
  await pass(0)
  expect(text()).toBe('green tea')
  expect(importPart).toHaveBeenCalledTimes(1)
})

test('a lost request is repeated after a pause, without a message', async () => {
  const importPart = await show(LOST, LOST)
  await pass(100)
  expect(importPart).toHaveBeenCalledTimes(1)
  await pass(3_000)
  expect(importPart).toHaveBeenCalledTimes(3)
  expect(text()).toBe('green tea')
})

test('after three lost requests the part says so, and its button retries', async () => {
  const importPart = await show(LOST, LOST, LOST)
  await pass(3_000)
  expect(document.querySelector('[role="alert"]')?.textContent).toContain(strings.loadFailed)
  await pass(60_000)
  expect(importPart).toHaveBeenCalledTimes(3)
  await retry()
  expect(text()).toBe('green tea')
})

test('a request that never ends is reported too', async () => {
  await show(HUNG)
  await pass(19_000)
  expect(text()).toBe('')
  await pass(1_000)
  expect(text()).toContain(strings.loadFailed)
})

test('a browser that remembers the failure gets a reload with the second retry, unless it is offline', async () => {
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => {})
  await show(...Array<string>(12).fill(LOST))
  await pass(3_000)
  await retry()
  expect(reload).not.toHaveBeenCalled()
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  await retry()
  expect(reload).not.toHaveBeenCalled()
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(true)
  await retry()
  expect(reload).toHaveBeenCalledTimes(1)
})

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('every import of code at run time is one that retries', () => {
  const imports = Object.entries(sources).flatMap(([file, source]) =>
    [...source.matchAll(/^.*\bimport\(.*$/gm)].map(([line]) => ({ file, line: line.trim() })),
  )
  expect(imports.length).toBeGreaterThan(20)
  const bare = imports.filter(
    ({ file, line }) =>
      !/\b(lazy|load)\(\(\) => import\('/.test(line) &&
      !line.includes('typeof import(') &&
      // The page in a room keeps trying to join, and loads the client again each time.
      file !== '../lib/loadLiveRoom.ts',
  )
  expect(bare).toEqual([])
})

test("no part uses the router's own lazy, which remembers a failure", () => {
  const users = Object.entries(sources)
    .filter(([, source]) => /import \{[^}]*\blazy\b[^}]*\} from 'preact-iso'/.test(source))
    .map(([file]) => file)
  expect(users).toEqual(['./lazy.tsx'])
})
