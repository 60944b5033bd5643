import { expect, test } from 'vitest'
import { splitMessage } from './messageParts'

test('only the ranges that the server sends are links', () => {
  const text = 'see 🎪 https://a.example/x and https://b.example'
  const start = text.indexOf('https')
  const link = { start, end: start + 19, url: 'https://a.example/x' }
  expect(splitMessage(text, [link], null)).toEqual([
    { kind: 'text', text: 'see 🎪 ' },
    { kind: 'link', text: 'https://a.example/x', url: 'https://a.example/x' },
    { kind: 'text', text: ' and https://b.example' },
  ])
})

test('an invalid range, or a link that is not http or https, is text', () => {
  const text = 'click here'
  for (const link of [
    { start: 0, end: 5, url: 'javascript:alert(1)' },
    { start: 0, end: 5, url: 'data:text/html,x' },
    { start: 0, end: 50, url: 'https://a.example' },
    { start: 5, end: 5, url: 'https://a.example' },
    { start: -1, end: 5, url: 'https://a.example' },
    { start: Number.NaN, end: 5, url: 'https://a.example' },
  ]) {
    expect(splitMessage(text, [link], null)).toEqual([{ kind: 'text', text }])
  }
  const twice = [
    { start: 0, end: 5, url: 'https://a.example' },
    { start: 3, end: 8, url: 'https://b.example' },
  ]
  expect(splitMessage(text, twice, null).map((part) => part.text)).toEqual(['click', ' here'])
})

test('mentions are found, and the reader’s own in any case', () => {
  const mentions = (text: string) =>
    splitMessage(text, [], 'ann').flatMap((part) =>
      part.kind === 'mention' ? [part.isMe ? `${part.text}!` : part.text] : [],
    )
  expect(mentions('@Ann and @bob_2, (@guest-4711)')).toEqual(['@Ann!', '@bob_2', '@guest-4711'])
  expect(mentions('mail ann@bob.example, @@ann, é@ann, @annä, /@ann')).toEqual([])
  expect(mentions('@an')).toEqual([])
})

test('the parts are the whole text', () => {
  for (const text of ['', '@', '@ann', 'a@ann @ann', '@ann@ann', '‮@ann‬ 👩‍👩‍👧 @bob']) {
    expect(
      splitMessage(text, [], 'ann')
        .map((part) => part.text)
        .join(''),
    ).toBe(text)
  }
})
