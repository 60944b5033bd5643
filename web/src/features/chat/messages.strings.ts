import { plural } from '../../lib/format'

// The list
export const loadingOlder = 'Loading earlier messages…'
export const newMessages = (count: number) => plural(count, 'new message', 'new messages')
export const toNewest = 'Jump to newest'

// A message
export const messages = 'Messages'
export const actionsForMessage = (name: string, text: string) => `Actions for ${name}: ${text}`
export const roles = { host: 'Host', moderator: 'Moderator', guest: 'Guest' }
export const sending = 'Sending'
export const retry = 'Retry'

/** Why a message was rejected, by the error codes of the API. */
export const rejections = {
  chat_disabled: 'Chat is off.',
  timed_out: 'You’re timed out.',
  signed_in_only: 'Only signed-in viewers can write.',
  followers_only: 'Only followers can write.',
  host_offline: 'The stream has ended.',
  text_too_long: 'Your message is too long.',
}
