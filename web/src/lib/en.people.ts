/** The words of the view of who is in a chat, and of the emoji: each loaded when it is opened. */
export const people = {
  'talk.search': 'Search people',
  'talk.nobody': 'Nobody here is called that.',
  'talk.alone': 'Nobody else is here yet.',
  'talk.guests': { one: 'and {count} guest', other: 'and {count} guests' },
  'talk.you': 'you',
} as const

export const emoji = {
  'talk.emojiSearch': 'Search emoji',
  'talk.emojiNone': 'No emoji is called that.',
  'talk.emojiBroken': 'The emoji could not be loaded.',
  'talk.emojiGroup_0': 'Smileys',
  'talk.emojiGroup_1': 'People',
  'talk.emojiGroup_3': 'Animals and nature',
  'talk.emojiGroup_4': 'Food and drink',
  'talk.emojiGroup_5': 'Travel and places',
  'talk.emojiGroup_6': 'Activities',
  'talk.emojiGroup_7': 'Objects',
  'talk.emojiGroup_8': 'Symbols',
  'talk.emojiGroup_9': 'Flags',
} as const
