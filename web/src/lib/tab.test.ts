// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from 'vitest'
import { invent } from './tab'

beforeEach(() => {
  sessionStorage.clear()
  vi.resetModules()
})

/** Locks as a browser keeps them, shared by all the pages that a test opens. */
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

test('a name is eight letters and digits, and hardly ever the same', () => {
  const names = Array.from({ length: 200 }, invent)
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

test('a duplicated tab, born with the same storage, takes a name of its own', async () => {
  browserLocks()
  const first = await (await import('./tab')).tabName()
  vi.resetModules()
  expect(await (await import('./tab')).tabName()).not.toBe(first)
})
