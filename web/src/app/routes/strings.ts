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

// Search
export const search = 'Search'
export const searchPrompt = 'What are you looking for?'
export const searchPromptText = 'Search by channel name or stream title.'
export const searchResults = (term: string) => `Results for “${term}”`
export const channels = 'Channels'
export const searchEmpty = (term: string) => `No channels match “${term}”`
export const searchEmptyText =
  'Search matches the beginning of words in channel names and stream titles.'

// Admin
export const adminSignIn = 'Sign in to continue'
export const adminSignInText = 'This page is for the operators of this site.'
