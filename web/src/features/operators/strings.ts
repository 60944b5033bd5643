import { number, plural } from '../../lib/format'

// The site's use
export const usage = 'Use'
export const usageNow = (channels: number, most: number | null, viewers: number) => {
  const live =
    most === null
      ? plural(channels, 'live channel', 'live channels')
      : `${number(channels)} of ${plural(most, 'live channel', 'live channels')}`
  return `${live}, ${plural(viewers, 'viewer', 'viewers')}`
}
/** A day starts at 00:00 UTC. */
export const usageToday = (seconds: number, perChannel: number | null) => {
  const hours = plural(Math.round(seconds / 360) / 10, 'hour', 'hours')
  const most = perChannel === null ? '' : `, at most ${number(perChannel)} for each channel`
  return `${hours} streamed today (UTC)${most}`
}

// Finding people
export const people = 'People'
export const find = 'Find a person'
export const findHint = 'Words of their username or of their stream’s title.'
export const search = 'Search'
export const found = 'Results'
export const suspended = 'Suspended'
export const noneSuspended = 'No one is suspended'
export const noneSuspendedText = 'People whom you suspend appear here.'
export const noneFound = (term: string) => `No one matches “${term}”`
export const noneFoundText = 'Search matches the beginning of words.'
export const live = 'Live now'
export const openReports = (count: number) => plural(count, 'open report', 'open reports')

// Suspensions
export const suspendedUntil = (time: string) => `Suspended until ${time}`
export const suspendedForGood = 'Suspended until lifted'
export const reason = 'Reason:'
export const text = 'Text:'
export const suspend = 'Suspend'
export const suspendNamed = (name: string) => `Suspend ${name}`
export const change = 'Change'
export const changeNamed = (name: string) => `Change the suspension of ${name}`
export const lift = 'Lift suspension'
export const liftNamed = (name: string) => `Lift suspension of ${name}`
export const lifted = (name: string) => `Lifted the suspension of ${name}`
export const didSuspend = (name: string) => `Suspended ${name}`

// Who may stream, if operators approve it
export const approved = 'May stream'
export const notApproved = 'Not approved to stream'
export const forAdults = 'For adults only'
export const approve = 'Approve'
export const approveNamed = (name: string) => `Approve ${name} to stream`
export const didApprove = (name: string) => `${name} may stream now`
export const withdraw = 'Withdraw approval'
export const withdrawNamed = (name: string) => `Withdraw approval of ${name}`
export const didWithdraw = (name: string) => `Withdrew the approval of ${name}`
export const withdrawTitle = (name: string) => `Withdraw the approval of ${name}?`
export const withdrawText =
  'Their broadcast ends, and their stream key stops working until an operator approves them again.'

// The dialog
export const suspendTitle = (name: string) => `Suspend ${name}?`
export const changeTitle = (name: string) => `Change the suspension of ${name}`
export const suspendText =
  'Their channel disappears for everyone, their broadcast ends, and their stream key stops working. They can read, but change nothing.'
export const reasonLabel = 'Reason'
export const reasonHint = 'The person sees it.'
export const end = 'Ends (optional)'
export const endHint = 'In your time zone. Without an end, it lasts until an operator lifts it.'
export const endPast = 'Choose a time in the future.'
export const isYou = 'You can’t suspend yourself.'
export const unknownUser = 'No user has that username.'

// The log
export const log = 'Operators’ log'
export const logEmpty = 'Nothing yet'
export const logEmptyText = 'What operators do appears here.'
/** By the actions of the API. */
export const logEntries = {
  suspended: (by: string, target: string) => `${by} suspended ${target}`,
  lifted: (by: string, target: string) => `${by} lifted the suspension of ${target}`,
  appointed: (by: string, target: string) => `${by} made ${target} an operator`,
  dismissed: (by: string, target: string) => `${by} removed ${target} as an operator`,
  approved: (by: string, target: string) => `${by} approved ${target} to stream`,
  withdrawn: (by: string, target: string) => `${by} withdrew ${target}’s approval to stream`,
  report_dismissed: (by: string, target: string) => `${by} dismissed a report about ${target}`,
  report_warned: (by: string, target: string) => `${by} warned ${target} because of a report`,
  report_suspended: (by: string, target: string) => `${by} suspended ${target} because of a report`,
  notice_set: (by: string) => `${by} put a notice on every page`,
  notice_removed: (by: string) => `${by} removed the notice from every page`,
}
export const until = (entry: string, time: string) => `${entry} until ${time}`
