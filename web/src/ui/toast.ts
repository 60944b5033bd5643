/** Short words about what just happened, over everything, for a few seconds. */

export type Tone = 'good' | 'bad'

/** Shown by code that comes with the first of them. */
export function toast(text: string, tone: Tone = 'good'): void {
  void import('./Toasts').then(({ showToast }) => showToast(text, tone))
}
