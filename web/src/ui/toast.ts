/** Short words about what just happened, over everything, for a few seconds. */

export type Tone = 'good' | 'bad'

/** Something that can be done about it, for a little longer. */
export interface Remedy {
  label: string
  apply(): void
}

/** Shown by code that comes with the first of them. */
export function toast(text: string, tone: Tone = 'good', remedy?: Remedy): void {
  void import('./Toasts').then(({ showToast }) => showToast(text, tone, remedy))
}
