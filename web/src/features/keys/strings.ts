import { plural } from '../../lib/format'

export const keys = 'Keys'
export const connectEncoder = 'Connect your encoder'
export const connectEncoderText =
  'OBS and other encoders send video to your channel with a server address and a stream key.'
export const createKey = 'Create your stream key'

export const notApprovedTitle = 'You can’t stream yet'
export const notApproved =
  'On this site, an operator approves who may stream. Ask the site’s operator to approve you.'

// The connection
export const connection = 'Connection'
export const resetKey = 'Reset key'
export const server = 'Server'
export const streamKey = 'Stream Key'
export const bearerToken = 'Bearer Token'
export const oneAddress = {
  rtmp: {
    label: 'Server and key in one address',
    text: 'For encoders with a single field.',
  },
  whip: {
    label: 'Server with the token in its path',
    text: 'For encoders without a field for the bearer token.',
  },
}
export const copyAddress = 'Copy address'
export const blanks = 'Paste the key without blanks before or after it.'
export const copyServer = 'Copy server'
export const copyKey = 'Copy key'
export const copied = 'Copied'
export const copyFailed = 'Your browser blocked copying. Select the text and copy it.'
export const showKey = 'Show key'
export const hideKey = 'Hide key'
export const secretText =
  'Anyone with this key can broadcast as you. It is hidden again after 30 seconds.'

// When the key works
export const whenKeyWorks = 'When your key works'
export const choices = {
  off: 'Off',
  always: 'Always',
  halfHour: 'For the next 30 minutes',
}
export const states = {
  off: 'Your key is off. No one can go live with it until you turn it on.',
  always: 'Your key works until you turn it off.',
  until: (time: string) => `Your key works until ${time}.`,
  ending: 'The 30 minutes have ended. Your key turns off when this broadcast ends.',
}
export const minutesLeft = (count: number) => plural(count, 'minute left.', 'minutes left.')
export const turnOffTitle = 'Turn off your key?'
export const turnOffText =
  'Your broadcast ends right away. Your encoder can’t reconnect until you turn the key on again.'
export const turnOff = 'Turn off'
export const tooFast = (seconds: number) =>
  `You’re doing that too fast. Try again in ${plural(seconds, 'second', 'seconds')}.`
export const tooOften = (time: string) =>
  `You’ve done that too often in the last hour. Try again at ${time}.`

// Resetting the key
export const resetTitle = 'Reset your stream key?'
export const protocol = 'Protocol'
export const protocols = {
  rtmp: { name: 'RTMP', text: 'Works with every encoder. The usual choice.' },
  whip: { name: 'WHIP', text: 'Less delay. Needs OBS 30 or newer.' },
}
export const resetText =
  'The current key stops working right away, and any broadcast that uses it ends. To go live again, enter the new key in your encoder.'
export const resetInProgress = 'The key is being reset in another window. Wait a moment.'
export const resetDone = 'Your new key is ready'

// Setting up OBS
export const inObs = 'In OBS'
const openStream = { name: 'Settings > Stream', text: 'Open the OBS settings and choose Stream.' }
const enterServer = { name: server, text: 'Paste the server from this page.' }
const start = {
  name: 'Start Streaming',
  text: 'This page shows a check mark when your stream arrives.',
}
/** The names are those of the fields and buttons in OBS. */
export const obsSteps = {
  rtmp: [
    openStream,
    { name: 'Service', text: 'Choose Custom…' },
    enterServer,
    { name: streamKey, text: 'Paste the stream key from this page.' },
    {
      name: 'Settings > Output',
      text: 'Choose an H.264 encoder. Set Rate Control to CBR, Bitrate to 2500 Kbps or more, Keyframe Interval to 2 s, and Audio Bitrate to 128 or more.',
    },
    start,
  ],
  whip: [
    openStream,
    { name: 'Service', text: 'Choose WHIP' },
    enterServer,
    { name: bearerToken, text: 'Paste the bearer token from this page.' },
    {
      name: 'Settings > Output',
      text: 'Choose an H.264 encoder. Set Rate Control to CBR, Keyframe Interval to 1 s, and Max B-frames to 0. WebRTC doesn’t support B-frames.',
    },
    start,
  ],
}
export const obsHints = {
  rtmp: [
    'Other encoders need the same two values, or both in one address.',
    'Don’t use VBR or less than 500 kbit/s. The stream arrives in blocks of 32 kB, so a low bitrate starts late and stays behind: by 10 seconds at 27 kbit/s.',
    'Stay with one picture size and one number of audio channels while you stream.',
  ],
  whip: ['WHIP doesn’t transcode, so viewers get exactly what you send.'],
}
