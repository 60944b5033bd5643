import { plural } from '../../lib/format'

// The list
export const loadingOlder = 'Loading earlier messages…'
export const reconnecting = 'Reconnecting…'
export const newMessages = (count: number) => plural(count, 'new message', 'new messages')
export const toNewest = 'Jump to newest'

// A message
export const messages = 'Messages'
export const actionsForMessage = (name: string, text: string) => `Actions for ${name}: ${text}`
export const roles = { host: 'Host', moderator: 'Moderator', guest: 'Guest' }
export const sending = 'Sending'
export const retry = 'Retry'
export const edit = 'Edit'
export const discard = 'Discard'

/** Why a message was rejected, by the error codes of the API. */
export const rejections = {
  chat_disabled: 'Chat is off.',
  timed_out: 'You’re timed out.',
  signed_in_only: 'Only signed-in viewers can write.',
  followers_only: 'Only followers can write.',
  host_offline: 'The stream has ended.',
  text_too_long: 'Your message is too long.',
}

// The composer
export const sendMessage = 'Send a message'
export const send = 'Send'
export const charactersLeft = (count: number) => plural(count, 'character left', 'characters left')
export const charactersTooMany = (count: number) =>
  plural(count, 'character too many', 'characters too many')
export const writingAs = (name: string) => `You’re writing as ${name}.`
export const signInToUseOwnName = 'to write under your own name.'
export const sendsIn = (time: string) => `Sends in ${time}`
export const sendsNow = 'Sending now…'
export const previousSendsFirst = (time: string) => `Your last message sends first, in ${time}.`
export const emoji = 'Emoji'
/** Why the composer is closed. */
export const closed = {
  offline: 'Chat opens when the stream starts.',
  signedIn: 'Only signed-in viewers can write here.',
  follow: 'Only followers can write here.',
  followLonger: (time: string) => `New followers have to wait. You can write here in ${time}.`,
  timedOut: (time: string) => `You’re timed out. You can write again in ${time}.`,
}

// The rules
export const rules = 'Chat rules'
export const ruleNames = {
  followers: 'Followers only',
  followersFor: (time: string) => `Followers only · ${time}`,
  slow: (time: string) => `Slow mode · ${time}`,
  signedIn: 'Signed-in viewers only',
  noLinks: 'No links',
  noRepeats: 'No repeats',
}
export const ruleTexts = {
  followers: 'Only people who follow this channel can write.',
  followersFor: (time: string) =>
    `Only people who have followed this channel for ${time} can write.`,
  slow: (time: string) =>
    `Everyone waits ${time} between messages. Keep writing: early messages are sent automatically.`,
  signedIn: 'Guests are read-only. Sign in to write.',
  noLinks: 'Messages with links are rejected.',
  noRepeats: 'Repeated messages are rejected.',
}
