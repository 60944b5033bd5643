// @vitest-environment happy-dom
import { afterEach, expect, test } from 'vitest'
import { isTaken } from '../../lib/keys'
import { type Command, commandOf } from './shortcuts'
import { isTheater } from './theater'

afterEach(() => {
  document.body.replaceChildren()
  isTheater.set(false)
})

/** Return the command of a key that is pressed in the first element of this page. */
function pressed(key: string, html = '<p></p>', more: KeyboardEventInit = {}) {
  document.body.innerHTML = html
  const target = document.body.querySelector('[data-here]') ?? document.body.firstElementChild
  let command: Command | null = null
  const listen = (event: KeyboardEvent) => {
    command = isTaken(event) ? null : commandOf(event, event.composedPath())
  }
  document.addEventListener('keydown', listen)
  target?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, composed: true, ...more }),
  )
  document.removeEventListener('keydown', listen)
  return command
}

test('the keys are those of other video sites, in capitals too', () => {
  expect(pressed(' ')).toBe('pause')
  expect(pressed('k')).toBe('pause')
  expect(pressed('M')).toBe('mute')
  expect(pressed('f')).toBe('fullscreen')
  expect(pressed('t')).toBe('theater')
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

test.each([
  ['л', 'KeyK', 'pause'],
  ['Ь', 'KeyM', 'mute'],
  ['φ', 'KeyF', 'fullscreen'],
  ['ف', 'KeyT', 'theater'],
  ['Process', 'KeyK', 'pause'],
])('the key %s of another script is the letter in its place', (key, code, command) => {
  expect(pressed(key, '<p></p>', { code })).toBe(command)
})

test.each([
  // French, German, Bépo
  [',', 'KeyM'],
  ['ß', 'KeyM'],
  ['è', 'KeyT'],
])('the key %s of a Latin layout is not the letter in its place', (key, code) => {
  expect(pressed(key, '<p></p>', { code })).toBeNull()
})

test('the letter of a Latin layout counts, wherever it is', () => {
  expect(pressed('m', '<p></p>', { code: 'Semicolon' })).toBe('mute')
})

test('keys are left to an input method and to a field in a shadow tree', () => {
  expect(pressed('m', '<p></p>', { isComposing: true })).toBeNull()
  document.body.innerHTML = '<div></div>'
  const input = document.createElement('input')
  document.body.firstElementChild?.attachShadow({ mode: 'open' }).append(input)
  let command: Command | null = 'mute'
  const listen = (event: KeyboardEvent) => {
    command = isTaken(event) ? null : commandOf(event, event.composedPath())
  }
  document.addEventListener('keydown', listen)
  input.dispatchEvent(new KeyboardEvent('keydown', { key: 'm', bubbles: true, composed: true }))
  document.removeEventListener('keydown', listen)
  expect(command).toBeNull()
})

test('a slider and a switch leave letters to the player, and take their own keys', () => {
  for (const html of ['<input type="range">', '<input type="checkbox">']) {
    expect(pressed('m', html)).toBe('mute')
  }
  expect(pressed(' ', '<input type="checkbox">')).toBeNull()
  expect(
    pressed('ArrowUp', '<div data-state="live"><input type="range" data-here></div>'),
  ).toBeNull()
})

test('a key that is held down turns nothing on and off', () => {
  expect(pressed('m', '<p></p>', { repeat: true })).toBeNull()
})

test('Escape leaves theater mode, unless a field has it', () => {
  expect(pressed('Escape')).toBeNull()
  isTheater.set(true)
  expect(pressed('Escape')).toBe('leaveTheater')
  expect(pressed('Escape', '<input>')).toBeNull()
})
