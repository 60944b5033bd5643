export const close = 'Close'
export const cancel = 'Cancel'
export const retry = 'Retry'
export const showMore = 'Show more'
export const loading = 'Loading'

export const loadFailed = 'This couldn’t be loaded'

/** By the error codes of the API. */
export const faults = {
  offline: 'Can’t reach the site. Check your connection and try again.',
  unavailable: 'The site is busy. Try again shortly.',
  rate_limited: 'You’re doing that too fast. Wait a moment and try again.',
  suspended: 'Your account is suspended.',
  not_configured: 'This site isn’t fully set up yet.',
  other: 'Something went wrong. Try again.',
}
