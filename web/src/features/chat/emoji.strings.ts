export const search = 'Search emoji'
export const noMatch = 'No emoji match.'
export const loadFailed = 'The emoji couldn’t be loaded.'
/** By the group numbers of the emoji data. */
export const groups = {
  0: 'Smileys',
  1: 'People',
  3: 'Animals and nature',
  4: 'Food and drink',
  5: 'Travel and places',
  6: 'Activities',
  7: 'Objects',
  8: 'Symbols',
  9: 'Flags',
}
