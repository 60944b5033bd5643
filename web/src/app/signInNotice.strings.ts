/** By the value of `?signin=` in the address. */
export const reasons = {
  denied: 'You weren’t signed in because the sign-in was canceled.',
  failed: 'Signing in didn’t work.',
  expired: 'Signing in took too long and was canceled.',
  'passkey-added': 'You can sign in with your new passkey next time.',
  'passkey-failed': 'The passkey wasn’t added.',
}
export const tryAgain = 'Sign in again'
export const dismiss = 'Dismiss'
