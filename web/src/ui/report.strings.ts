export const channelTitle = (name: string) => `Report ${name}’s channel`
export const messageTitle = (name: string) => `Report a message from ${name}`
export const text = 'The operators of this site see your report and who made it.'
export const reason = 'What’s wrong?'
/** By the reasons of the API. */
export const reasons = {
  spam: 'Spam or fraud',
  harassment: 'Harassment or hate',
  sexual: 'Sexual content',
  violence: 'Violence or threats',
  copyright: 'Copyright',
  other: 'Something else',
}
export const reasonMissing = 'Choose a reason.'
export const details = 'Details (optional)'
export const send = 'Send report'
export const sent = 'Thanks. The operators will look at your report.'
export const isYou = 'You can’t report yourself.'
export const isGone = 'It isn’t there anymore.'
export const limited = 'You’ve sent many reports. Wait a while and try again.'
