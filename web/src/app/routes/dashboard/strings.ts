export const pages = {
  stream: 'Stream',
  keys: 'Keys',
  chat: 'Chat',
  community: 'Community',
  account: 'Account',
}
export const viewChannel = 'View channel'

export const signInFirst = 'Sign in to see your dashboard'
export const signInFirstText = 'Manage your stream, your stream key, and your chat here.'
