// Not found
export const notFound = 'Page not found'
export const notFoundText = 'The page may have moved, or the address may be misspelled.'
export const toHome = 'See who’s live'

// Home
export const browse = 'Browse'
export const liveNow = 'Live now'
export const moreChannels = 'More channels'
export const noChannels = 'No channels yet'
export const noChannelsText = 'Sign in to open the first one.'
