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

// Video figures
export const framesPerSecond = (count: number) => `${count} fps`
export const megabits = (count: string) => `${count} Mbit/s`

export const shortDurations = {
  days: (count: number) => `${count} d`,
  hours: (count: number) => `${count} h`,
  /** Minutes, or minutes and seconds such as `1:05`. */
  minutes: (count: number | string) => `${count} min`,
  seconds: (count: number) => `${count} s`,
}
