import { plural } from '../../lib/format'

// The panel
export const chat = 'Chat'
export const views = { chat: 'Chat', community: 'Community' }
export const hideChat = 'Hide chat'
export const showChat = 'Show chat'
export const popOut = 'Open chat in a new window'
export const moreOptions = 'Chat options'
export const turnOnSpeaking = 'Read new messages to screen readers'
export const turnOffSpeaking = 'Stop reading messages to screen readers'
export const clearChat = 'Clear chat'

// Its states
export const empty = 'Welcome to the chat!'
export const emptyText = 'No messages yet.'
export const off = 'Chat is off'
export const offText = (host: string) => `${host} turned it off.`
export const offline = 'Chat opens when the stream starts'
export const showEarlier = 'Show earlier messages'
export const noRecentMessages = 'No recent messages'
export const loading = 'Loading chat'
export const connecting = 'Connecting…'
export const sendsOnceConnected = 'Sends once the chat is connected'
export const reconnecting = 'Reconnecting…'
// Screen readers
export const spokenMessage = (name: string, text: string) => `${name}: ${text}`
export const spokenMore = (count: number) => `and ${plural(count, 'more message', 'more messages')}`

// The menu of a message or a person
export const actionsForPerson = (name: string) => `Actions for ${name}`
export const copyMessage = 'Copy message'
export const copied = 'Copied'
export const copyFailed = 'Your browser blocked copying.'
export const mention = (name: string) => `Mention ${name}`
export const deleteMessage = 'Delete message'
export const timeOut = 'Time out…'
export const endTimeout = 'End timeout'
export const block = 'Block…'
export const report = 'Report…'
export const reportChannel = 'Report channel…'

// The composer
export const sendMessage = 'Send a message'
export const send = 'Send'
export const charactersLeft = (count: number) => plural(count, 'character left', 'characters left')
export const charactersTooMany = (count: number) =>
  plural(count, 'character too many', 'characters too many')
export const writingAs = (name: string) => `You’re writing as ${name}.`
export const signInToUseOwnName = 'to write under your own name.'
export const edit = 'Edit'
export const discard = 'Discard'
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
