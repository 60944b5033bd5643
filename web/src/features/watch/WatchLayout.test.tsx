// @vitest-environment happy-dom
import { readdirSync, readFileSync } from 'node:fs'
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

const SOURCES = 'src'

test('no style asks for the orientation, which a keyboard changes on an upright phone', () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  const styles = files.filter((file) => file.endsWith('.css'))
  expect(styles.length).toBeGreaterThan(30)
  const asking = styles.filter((file) =>
    /orientation\s*:/.test(readFileSync(`${SOURCES}/${file}`, 'utf8')),
  )
  expect(asking).toEqual([])
})
