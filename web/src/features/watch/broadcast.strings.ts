export const broadcast = 'Broadcast'
export const status = 'Status'
export const statuses = { offline: 'Offline', live: 'Live', reconnecting: 'Interrupted' }
export const viewers = 'Viewers'
export const uptime = 'Uptime'
export const resolution = 'Resolution'
export const frameRate = 'Frame rate'
export const bitrate = 'Bitrate'
export const notReported = 'Not reported'

export const endStream = 'End stream'
export const endStreamTitle = 'End your stream?'
export const endStreamText =
  'It ends for viewers right away. Your encoder can’t reconnect for a minute. Stop it too.'
