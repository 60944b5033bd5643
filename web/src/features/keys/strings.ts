import { plural } from '../../lib/format'

export const keys = 'Keys'
export const connectEncoder = 'Connect your encoder'
export const connectEncoderText =
  'OBS and other encoders send video to your channel with a server address and a stream key.'
export const createKey = 'Create your stream key'

// The connection
export const connection = 'Connection'
export const resetKey = 'Reset key'
export const server = 'Server'
export const streamKey = 'Stream Key'
export const bearerToken = 'Bearer Token'
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

// The encoder
export const isOff = 'Your key is off'
export const turnOn = 'Turn on'
export const waiting = 'Waiting for your encoder'
export const buffering = 'Your encoder is connecting…'
export const connected = 'Encoder connected'
/** Why LiveKit doesn't use the encoder's stream, and what to do. */
export const faults = {
  no_capacity:
    'The video server is full, so it rejected your encoder. Wait a minute and start it again. If this continues, ask the site’s operator for more capacity.',
  key_off: 'Your encoder was rejected because your key was off. Turn it on and start again.',
  ended: 'Your broadcast was ended here. Start your encoder again to go live.',
  disconnected: 'The video server disconnected your encoder. Start it again.',
  not_ready:
    'Your encoder connected but sent no video. Start it again, and check that your firewall allows UDP.',
  format_changed:
    'The picture size or the audio channels changed during the broadcast. Start your encoder again with the new settings.',
  timed_out: 'Your encoder stopped responding. Check its network and start it again.',
  no_media:
    'Nothing that can be played has arrived. Set your encoder to H.264 video and AAC audio: HEVC and AV1 don’t work.',
  unknown:
    'The video server could not use your encoder’s stream. Start your encoder again. If this continues, set it to H.264 video and AAC audio.',
}

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
    { name: 'Settings > Output', text: 'Set Keyframe Interval to 2 s.' },
    start,
  ],
  whip: [
    openStream,
    { name: 'Service', text: 'Choose WHIP' },
    enterServer,
    { name: bearerToken, text: 'Paste the bearer token from this page.' },
    {
      name: 'Settings > Output',
      text: 'Set Keyframe Interval to 1 s and Max B-frames to 0. WebRTC doesn’t support B-frames.',
    },
    start,
  ],
}
export const obsHints = {
  rtmp: 'Other encoders need the same two values: the server (or URL) and the stream key.',
  whip: 'WHIP doesn’t transcode, so viewers get exactly what you send.',
}
