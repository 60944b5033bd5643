export const clearTitle = 'Clear the chat?'
export const cleared = 'Chat cleared'
export const deleted = 'Message deleted'
export const timeOutTitle = (name: string) => `Time out ${name}`
export const timedOut = (name: string, time: string) => `Timed out ${name} for ${time}`
export const timeoutEnded = (name: string) => `${name} can write again`
export const blockTitle = (name: string) => `Block ${name}?`
export const block = 'Block'
export const blocked = (name: string) => `Blocked ${name}`
export const unblocked = (name: string) => `Unblocked ${name}`
export const texts = {
  clear: 'This deletes all messages for everyone. You can’t undo it.',
  timeOut: 'This deletes their messages and stops them from writing. Choose how long.',
  block:
    'They’re removed from the stream, their messages are deleted, and they can’t find this channel.',
}
export const reason = 'Reason (optional)'
export const reasonHint = 'The host sees it in the moderation log.'
export const undo = 'Undo'
export const lengths = {
  minute: '1 minute',
  tenMinutes: '10 minutes',
  hour: '1 hour',
  day: '1 day',
  twoWeeks: '14 days',
}
