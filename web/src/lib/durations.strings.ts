import { plural } from './format'

export const durations = {
  days: (count: number) => plural(count, 'day', 'days'),
  hours: (count: number) => plural(count, 'hour', 'hours'),
  minutes: (count: number) => plural(count, 'minute', 'minutes'),
  seconds: (count: number) => plural(count, 'second', 'seconds'),
}
