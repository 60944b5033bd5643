// @vitest-environment happy-dom
import { render } from 'preact'
import { expect, test } from 'vitest'
import { WatchLayout } from './WatchLayout'

test('what belongs to the picture comes before the chat, and the rest after it', () => {
  render(
    <WatchLayout stage="video, " head="name and title, " side="chat, ">
      about
    </WatchLayout>,
    document.body,
  )
  expect(document.body.textContent).toBe('video, name and title, chat, about')
})

const styles = import.meta.glob<string>('../../**/*.css', {
  query: '?raw',
  import: 'default',
  eager: true,
})

test('no style asks for the orientation, which a keyboard changes on an upright phone', () => {
  const asking = Object.entries(styles).filter(([, css]) => /orientation\s*:\s*(?:la|po)/.test(css))
  expect(Object.keys(styles).length).toBeGreaterThan(30)
  expect(asking.map(([file]) => file)).toEqual([])
})
