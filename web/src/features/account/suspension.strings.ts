export const until = (time: string) => `Your account is suspended until ${time}`
export const forGood = 'Your account is suspended'
export const text = 'You can read and sign out, but not watch, write, or stream.'
export const reason = 'Reason:'
