/** Strings that several features share. */
import { plural } from './format'

export const signIn = 'Sign in'
export const dashboard = 'Dashboard'
export const admin = 'Admin'
export const username = 'Username'

// The state of a stream
export const live = 'Live'
export const backSoon = 'Back soon'
export const offline = 'Offline'
export const viewers = (count: number) => plural(count, 'viewer', 'viewers')
