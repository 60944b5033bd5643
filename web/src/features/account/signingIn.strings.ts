export const signingIn = 'Signing in'
export const passkeyText =
  'With a passkey you sign in with your fingerprint, your face, or your device’s PIN instead of your password.'
export const addPasskey = 'Add a passkey'
export const signOut = 'Sign out'
export const signOutEverywhere = 'Sign out everywhere'
export const everywhereText =
  'Lost a device? Sign out everywhere. Pages that are open on other devices may take half an hour.'
