/** The text that the operators show on every page, or null. The list of channels, which every page loads, brings it. */
import { store } from './store'

export const siteNotice = store<string | null>(null)
