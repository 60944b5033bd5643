export const chooseUsername = 'Choose your username'
export const chooseUsernameText =
  'It’s your public name and the address of your channel. You can’t change it later.'
export const usernameHint = '3 to 24 letters a to z, digits, or underscores'
export const channelAddress = (address: string) => `Your channel: ${address}`
export const createChannel = 'Create my channel'
export const deletionInProgress =
  'Your former account is still being deleted. Try again in a minute.'
export const welcome = (name: string) => `Welcome, ${name}`
export const signUpClosed = 'No new accounts'
export const signUpClosedText =
  'This site accepts no new accounts. Sign out to watch as a guest, or sign in with another account.'
