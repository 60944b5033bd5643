import { number, plural } from '../../lib/format'

// Chat settings
export const chat = 'Chat'
export const rules = 'Rules'
export const rulesExempt = 'Rules apply to everyone except you and your moderators.'
export const chatOff = 'Chat is off. The rules apply again when you turn it on.'
export const settings = {
  isChatEnabled: {
    label: 'Chat',
    hint: 'Viewers can read and write next to your stream.',
  },
  isChatDelayed: {
    label: 'Slow mode',
    hint: 'Everyone waits between their messages.',
  },
  isChatFollowersOnly: {
    label: 'Followers only',
    hint: 'Only people who follow you can write.',
  },
  isSignedInOnly: {
    label: 'Guests are read-only',
    hint: 'Only signed-in viewers can write.',
  },
  areLinksBlocked: {
    label: 'No links',
    hint: 'Messages with links are rejected.',
  },
  areRepeatsBlocked: {
    label: 'No repeats',
    hint: 'No one can send the same message twice in a row within 30 seconds.',
  },
}
export const delay = 'Wait between messages'
export const delaySeconds = 'Seconds'
export const delayHint = 'Any number from 1 to 300.'
export const delayInvalid = 'Enter a whole number from 1 to 300.'
export const followedFor = 'Has followed for at least'
/** By minutes. */
export const followedForChoices = {
  0: 'No minimum',
  10: '10 minutes',
  60: '1 hour',
  1440: '1 day',
  10080: '1 week',
  43200: '1 month',
}
export const saved = 'Saved'
export const saveFailed = (reason: string) => `Couldn’t save that. ${reason}`

// Blocked words
export const blockedWords = 'Blocked words'
export const blockedWordsHint =
  'Messages with these words are rejected. Only you see the list. A * matches any letters: spam* also matches spammer.'
export const addWords = 'Words to add'
export const addWordsHint = 'Separate several words with commas or new lines (Shift+Enter).'
export const add = 'Add'
export const noBlockedWords = 'No words are blocked.'
export const wordCount = (count: number, max: number) => `${number(count)} of ${number(max)}`
export const removeWord = (word: string) => `Remove ${word}`
export const wordMissing = 'Enter a word.'
export const wordExists = (word: string) => `“${word}” is already on the list.`
export const wordTooLong = (word: string, max: number) =>
  `“${word}” is longer than ${number(max)} characters.`
export const wordMatchesAll = (word: string) => `“${word}” would block every message.`
export const listFull = (count: number) =>
  `The list is full: ${plural(count, 'word wasn’t added', 'words weren’t added')}.`

// Who can watch
export const community = 'Community'
export const whoCanWatch = 'Who can watch'
export const audiences = {
  off: 'Everyone',
  hour: 'Signed-in viewers for 1 hour',
  always: 'Signed-in viewers until I change it',
}
export const audienceTexts = {
  off: 'Everyone can watch, including guests.',
  hour: (time: string) => `Only signed-in viewers can watch until ${time}, then everyone again.`,
  always: 'Only signed-in viewers can watch until you change it.',
}
export const audienceHint = 'If you limit it, guests who are watching are asked to sign in.'
export const forAdults = {
  label: 'For adults only',
  hint: 'Viewers confirm once that they’re 18 or older. Lists mark your channel with 18+.',
}

// Moderators
export const moderators = 'Moderators'
export const moderatorsHint =
  'They can delete messages, time people out, block people, and clear the chat. Your chat rules don’t apply to them.'
export const noModerators = 'No moderators yet'
export const addModerator = 'Make moderator'
export const moderatorAdded = (name: string) => `${name} is now a moderator`
export const moderatorsFull = 'You’ve reached the maximum number of moderators.'
export const moderatorIsYou = 'You already moderate your own channel.'
export const removeModerator = 'Remove'
export const removeModeratorNamed = (name: string) => `Remove ${name} as a moderator`
export const removeModeratorTitle = (name: string) => `Remove ${name} as a moderator?`
export const removeModeratorText = 'They can’t moderate your chat, and its rules apply to them.'
export const moderatorRemoved = (name: string) => `Removed ${name} as a moderator`

// Timeouts
export const timedOut = 'Timed out'
export const noTimeouts = 'No one is timed out. People in timeout can read but not write.'
export const timeLeft = (time: string) => `${time} left`
export const timedOutBy = (name: string) => `by ${name}`
export const endTimeout = 'End now'
export const endTimeoutNamed = (name: string) => `End now: timeout of ${name}`
export const timeoutEnded = (name: string) => `${name} can write again`
export const reason = 'Reason:'

// The moderation log
export const log = 'Moderation log'
export const logEmpty = 'No moderation yet'
export const logEmptyText = 'Your and your moderators’ actions appear here. Only you can see them.'
export const you = 'You'
export const someone = 'someone'
/** By the actions of the API. */
export const logEntries = {
  deleted: (by: string, target: string) => `${by} deleted a message from ${target}`,
  timed_out: (by: string, target: string, time: string) => `${by} timed out ${target} for ${time}`,
  timeout_ended: (by: string, target: string) => `${by} ended the timeout of ${target}`,
  blocked: (by: string, target: string) => `${by} blocked ${target}`,
  unblocked: (by: string, target: string) => `${by} unblocked ${target}`,
  cleared: (by: string) => `${by} cleared the chat`,
  appointed: (by: string, target: string) => `${by} made ${target} a moderator`,
  dismissed: (by: string, target: string) => `${by} removed ${target} as a moderator`,
}
export const showAll = 'Show all'
export const showLess = 'Show less'
export const undo = 'Undo'
export const undoNamed = (entry: string) => `Undo: ${entry}`

// Blocked people
export const blockSomeone = 'Block someone'
export const blockHint = 'They’re removed from your stream and can’t find your channel.'
export const block = 'Block'
export const blocked = (name: string) => `Blocked ${name}`
export const unknownUsername = 'No user has that username.'
export const blockIsYou = 'You can’t block yourself.'
export const blockedPeople = 'Blocked people'
export const findByName = 'Find by name'
export const noMatch = 'No blocked person has that name.'
export const noBlocks = 'No one is blocked'
export const noBlocksText = 'You haven’t blocked anyone.'
export const blockedOn = (date: string) => `Blocked on ${date}`
export const unblock = 'Unblock'
export const unblockNamed = (name: string) => `Unblock ${name}`
export const unblocked = (name: string) => `Unblocked ${name}`
