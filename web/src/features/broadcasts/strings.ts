import { number, plural } from '../../lib/format'

export const pastStreams = 'Past streams'
export const none = 'No streams yet'
export const noneText = 'Your past streams appear here.'

export const peak = (count: number) => `Peak: ${plural(count, 'viewer', 'viewers')}`
export const average = (count: number) => `Average: ${number(count)}`
export const noViewers = 'No viewers'

/** Why a broadcast ended, by the reasons of the API. */
export const reasons = {
  stopped: 'Encoder stopped',
  ended: 'Ended by you',
  reset: 'Key reset or deleted',
  capped: 'Over a limit of the site',
}
