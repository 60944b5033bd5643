import type { ComponentType } from 'preact'
import { lazy } from 'preact-iso'
import { learn } from './text'

type Load<Props> = () => Promise<{ default: ComponentType<Props> }>

/** A component in a chunk of its own, loaded together with the words that only such chunks use. */
export function withWords<Props>(load: Load<Props>): ComponentType<Props> {
  return lazy(async () => {
    const [component, { pages }] = await Promise.all([load(), import('./en.pages')])
    learn(pages)
    return component
  })
}

/** The same, with the words of all that can wait. */
export function withCreatorWords<Props>(load: Load<Props>): ComponentType<Props> {
  return withWords(async () => {
    const [component, { creator }] = await Promise.all([load(), import('./en.creator')])
    learn(creator)
    return component
  })
}
