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
