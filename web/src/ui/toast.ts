/** Shows a short message on top of the page for a few seconds. */
import { load } from '../lib/load'

export type Tone = 'good' | 'bad'

/** An action that a toast offers, such as undo. */
export interface Action {
  label: string
  apply(): void
}

/** Show a toast. The first call loads the code that renders toasts. */
export function toast(text: string, tone: Tone = 'good', action?: Action): void {
  void load(() => import('./Toasts')).then(
    ({ showToast }) => showToast(text, tone, action),
    (error) => reportError(error),
  )
}
