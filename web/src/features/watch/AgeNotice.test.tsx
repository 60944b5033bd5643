// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { LocationProvider } from 'preact-iso'
import { beforeEach, expect, test, vi } from 'vitest'

const button = (name: string) => {
  const found = [...document.querySelectorAll('button')].find(
    ({ textContent }) => textContent === name,
  )
  if (!found) throw new Error(`no button ${name}`)
  return found
}

/** Open a page with the notice, with its own modules, as after a reload. */
async function open() {
  vi.resetModules()
  const { isAdult } = await import('./adults')
  const { default: AgeNotice } = await import('./AgeNotice')
  document.body.innerHTML = '<main id="content" tabindex="-1"></main>'
  const main = document.getElementById('content') as HTMLElement
  await act(() =>
    render(
      <LocationProvider>
        <AgeNotice />
      </LocationProvider>,
      main,
    ),
  )
  return { isAdult, main }
}

beforeEach(() => localStorage.clear())

test('the notice takes the focus to its heading', async () => {
  const { isAdult } = await open()
  expect(isAdult.get()).toBe(false)
  expect(document.activeElement?.textContent).toBe(
    'This channel is meant for people of 18 or older',
  )
  expect(document.activeElement?.localName).toBe('h2')
})

test('a confirmation is remembered in this browser, and the focus goes to the page', async () => {
  const { isAdult, main } = await open()
  button('I am 18 or older').click()
  expect(isAdult.get()).toBe(true)
  expect(document.activeElement).toBe(main)
  const { isAdult: afterReload } = await open()
  expect(afterReload.get()).toBe(true)
})

test('a confirmation holds until the page closes if nothing can be stored', async () => {
  const { isAdult } = await open()
  const setItem = vi.fn(() => {
    throw new DOMException('The quota has been exceeded', 'QuotaExceededError')
  })
  vi.stubGlobal('localStorage', { setItem })
  button('I am 18 or older').click()
  vi.unstubAllGlobals()
  expect(setItem).toHaveBeenCalled()
  expect(isAdult.get()).toBe(true)
})

test('going back confirms nothing', async () => {
  const { isAdult } = await open()
  button('Go back').click()
  expect(isAdult.get()).toBe(false)
  expect(localStorage.length).toBe(0)
})
