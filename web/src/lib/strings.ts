/** Strings that several features share. */
import { plural } from './format'

export const signIn = 'Sign in'
export const dashboard = 'Dashboard'
export const username = 'Username'

// The state of a stream
export const live = 'Live'
export const backSoon = 'Back soon'
export const offline = 'Offline'
export const viewers = (count: number) => plural(count, 'viewer', 'viewers')

// Video figures
export const framesPerSecond = (count: number) => `${count} fps`
export const megabits = (count: string) => `${count} Mbit/s`

// Durations
export const durations = {
  days: (count: number) => plural(count, 'day', 'days'),
  hours: (count: number) => plural(count, 'hour', 'hours'),
  minutes: (count: number) => plural(count, 'minute', 'minutes'),
  seconds: (count: number) => plural(count, 'second', 'seconds'),
}
