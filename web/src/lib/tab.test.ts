// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import { createName } from './tab'

beforeEach(() => {
  sessionStorage.clear()
  vi.resetModules()
})

/** The locks of a browser, shared by all pages that a test opens. */
function browserLocks() {
  const taken = new Set<string>()
  vi.stubGlobal('navigator', {
    locks: {
      request: async (name: string, _: unknown, work: (lock: unknown) => unknown) => {
        if (taken.has(name)) return work(null)
        taken.add(name)
        return work({ name })
      },
    },
  })
  return taken
}

test('a name has eight letters and digits, and is hardly ever repeated', () => {
  const names = Array.from({ length: 200 }, createName)
  for (const name of names) expect(name).toMatch(/^[a-z0-9]{8}$/)
  expect(new Set(names).size).toBe(names.length)
})

test('a reload keeps the name', async () => {
  const taken = browserLocks()
  const first = await (await import('./tab')).tabName()
  taken.clear()
  vi.resetModules()
  expect(await (await import('./tab')).tabName()).toBe(first)
})

test('a duplicated tab with the same storage takes another name', async () => {
  browserLocks()
  const first = await (await import('./tab')).tabName()
  vi.resetModules()
  expect(await (await import('./tab')).tabName()).not.toBe(first)
})
