/** Strings that several features share. */
import { plural } from './format'

export const signIn = 'Sign in'
/** Whether people without an account can get one, if not everyone can. */
export const signUpNotes = {
  open: undefined,
  invited: 'New accounts are by invitation.',
  closed: 'This site accepts no new accounts.',
}
export const dashboard = 'Dashboard'
export const admin = 'Admin'
export const username = 'Username'

// The state of a stream
export const live = 'Live'
export const backSoon = 'Back soon'
export const offline = 'Offline'
/** A channel for adults only. */
export const forAdults = '18+'
export const viewers = (count: number) => plural(count, 'viewer', 'viewers')
