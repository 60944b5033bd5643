// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import { commandOf } from './shortcuts'

afterEach(() => {
  document.body.replaceChildren()
})

/** What a key means that is pressed in the first element of this page. */
function pressed(key: string, html = '<p></p>', more: KeyboardEventInit = {}) {
  document.body.innerHTML = html
  const target = document.body.querySelector('[data-here]') ?? document.body.firstElementChild
  let command: ReturnType<typeof commandOf> = null
  const listen = (event: KeyboardEvent) => {
    command = commandOf(event)
  }
  document.addEventListener('keydown', listen)
  target?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }))
  document.removeEventListener('keydown', listen)
  return command
}

test('the keys of other video sites do here what they do there, in capitals too', () => {
  expect(pressed(' ')).toBe('pause')
  expect(pressed('k')).toBe('pause')
  expect(pressed('M')).toBe('mute')
  expect(pressed('f')).toBe('fullscreen')
  expect(pressed('x')).toBeNull()
})

test('somebody who types steers nothing', () => {
  for (const html of [
    '<input>',
    '<textarea></textarea>',
    '<select></select>',
    '<dialog open><p data-here></p></dialog>',
  ]) {
    expect(pressed('m', html)).toBeNull()
  }
})

test('Space presses the button that has the focus, and nothing else', () => {
  expect(pressed(' ', '<button></button>')).toBeNull()
  expect(pressed('k', '<button></button>')).toBe('pause')
})

test('the arrows scroll the page unless the player has the focus', () => {
  expect(pressed('ArrowUp')).toBeNull()
  expect(pressed('ArrowUp', '<div data-state="live"><button data-here></button></div>')).toBe(
    'louder',
  )
})

test('keys with Control, Alt or Meta are the browser’s', () => {
  expect(pressed('f', '<p></p>', { ctrlKey: true })).toBeNull()
  expect(pressed('m', '<p></p>', { metaKey: true })).toBeNull()
})
