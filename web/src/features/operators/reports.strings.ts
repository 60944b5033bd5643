export const reports = 'Open reports'
export const empty = 'No open reports'
export const emptyText = 'What viewers report appears here.'
export const channelOf = (name: string) => `Channel of ${name}`
export const reportedBy = (name: string) => `Reported by ${name}`
/** By the decisions of the API. */
export const decisions = {
  dismissed: 'Dismiss',
  warned: 'Warn',
  suspended: 'Suspend',
}
export const decisionNamed = (decision: string, name: string) => `${decision}: report about ${name}`
export const decided = {
  dismissed: (name: string) => `Dismissed the report about ${name}`,
  warned: (name: string) => `Recorded a warning for ${name}`,
  suspended: (name: string) => `Suspended ${name}`,
}
