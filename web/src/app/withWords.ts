import type { ComponentType } from 'preact'
import { lazy } from 'preact-iso'
import { learn } from '../lib/text'

/** A component in a chunk of its own, loaded together with the words that only such chunks use. */
export function withWords<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
): ComponentType<Props> {
  return lazy(async () => {
    const [component, { pages }] = await Promise.all([load(), import('../lib/en.pages')])
    learn(pages)
    return component
  })
}
