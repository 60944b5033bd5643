/** Why a creator can't go live now: a cap that the operator has set. */
import type { OverCap } from '../../api/types'
import { plural } from '../../lib/format'

export const title = 'You can’t go live now'
/** The status of the encoder says which, on the same page. */
export const refused = 'You can’t go live now, because of a limit of the site.'
export const reasons: Record<OverCap['cap'], (limit: number) => string> = {
  live_channels: (limit) =>
    `The site is at its limit of ${plural(limit, 'live channel', 'live channels')}. Try again when one ends.`,
  daily_hours: (limit) =>
    `This channel has used its ${plural(limit, 'hour', 'hours')} of streaming today. It can stream again at 00:00 UTC.`,
}
