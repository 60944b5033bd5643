export const search = 'Search'
export const searchPrompt = 'What are you looking for?'
export const searchPromptText = 'Search by channel name or stream title.'
export const searchResults = (term: string) => `Results for “${term}”`
export const channels = 'Channels'
export const searchEmpty = (term: string) => `No channels match “${term}”`
export const searchEmptyText =
  'Search matches the beginning of words in channel names and stream titles.'
