// The menu of a signed-in user
export const menu = 'Your account'
export const myChannel = 'My channel'
export const signOut = 'Sign out'
export const signOutFailed = 'Couldn’t sign you out. Try again.'
