// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import { commandOf } from './shortcuts'

afterEach(() => {
  document.body.replaceChildren()
})

/** Return the command of a key that is pressed in the first element of this page. */
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

test('the keys are those of other video sites, in capitals too', () => {
  expect(pressed(' ')).toBe('pause')
  expect(pressed('k')).toBe('pause')
  expect(pressed('M')).toBe('mute')
  expect(pressed('f')).toBe('fullscreen')
  expect(pressed('x')).toBeNull()
})

test('keys do nothing in a field or a dialog', () => {
  for (const html of [
    '<input>',
    '<textarea></textarea>',
    '<select></select>',
    '<dialog open><p data-here></p></dialog>',
  ]) {
    expect(pressed('m', html)).toBeNull()
  }
})

test('Space presses the focused button, and nothing else', () => {
  expect(pressed(' ', '<button></button>')).toBeNull()
  expect(pressed('k', '<button></button>')).toBe('pause')
})

test('arrow keys scroll the page unless the player has the focus', () => {
  expect(pressed('ArrowUp')).toBeNull()
  expect(pressed('ArrowUp', '<div data-state="live"><button data-here></button></div>')).toBe(
    'louder',
  )
})

test('keys with Control, Alt, or Meta are left to the browser', () => {
  expect(pressed('f', '<p></p>', { ctrlKey: true })).toBeNull()
  expect(pressed('m', '<p></p>', { metaKey: true })).toBeNull()
})
