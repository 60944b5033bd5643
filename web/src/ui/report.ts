import { store } from '../lib/store'

/** A channel, or a message in its chat and so the author. */
export interface Reported {
  /** The username of the channel. */
  channel: string
  message?: { id: string; author: string }
}

/** What the user is about to report to the operators. The frame of the site shows the dialog. */
export const reported = store<Reported | null>(null)
