/** What is received from the encoder, what is wrong with it, and what to do. */
import type { Encoder } from '../../api/types'
import { plural } from '../../lib/format'

export const isOff = 'Your key is off'
export const turnOn = 'Turn on'
export const waiting = 'Waiting for your encoder'
export const buffering = 'Your encoder is connecting…'
export const connected = 'Encoder connected'
export const catchingUp = 'Catching up: waiting for your encoder to reconnect…'
export const catchingUpAdvice = 'Start it again if it doesn’t reconnect.'
export const waitingForPicture = 'Sound arrives. Waiting for the picture…'

export const useH264 =
  'Set your encoder’s video to H.264 and its audio to AAC. HEVC and AV1 don’t work.'
export const nothingUsable = 'Your encoder is connected, but no picture or sound arrives'
export const noPicture = 'No picture arrives, only sound'
export const noPictureAdvice =
  'If you send a picture, set your encoder’s video to H.264. HEVC and AV1 don’t work.'
export const noSound = 'No sound arrives, only the picture'
export const noSoundAdvice =
  'If you send sound, check your encoder’s audio source and that it isn’t muted.'
export const pictureStopped = 'The picture has stopped'
export const pictureStoppedAdvice =
  'Viewers see its last frame. Check your encoder and its network, or start it again.'
export const undecoded = 'The picture stutters: browsers can’t show most of its frames'
export const undecodedAdvice =
  'Set Max B-frames to 0 in your encoder. WebRTC doesn’t support B-frames.'
export const rareKeyFrames = 'Few key frames arrive, so new viewers may wait for the picture'
export const rareKeyFramesAdvice = 'Set Keyframe Interval to 1 s in your encoder.'

/** Why LiveKit doesn't use the encoder's stream, and what to do. */
export const faults: Record<
  NonNullable<Encoder['error']>,
  { readonly title: string; readonly advice: string }
> = {
  no_capacity: {
    title: 'The video server is full',
    advice:
      'It rejected your encoder. Wait a minute and start it again. If this continues, the site’s operator needs a larger server.',
  },
  key_off: {
    title: 'Your encoder was rejected because your key didn’t work',
    advice: 'It works now. Start your encoder again.',
  },
  ended: {
    title: 'You disconnected your encoder',
    advice: 'Start it again to go live, if it doesn’t reconnect.',
  },
  disconnected: {
    title: 'The video server disconnected your encoder',
    advice: 'Start it again if it doesn’t reconnect.',
  },
  not_ready: {
    title: 'Your encoder connected, but sent nothing',
    advice: 'Start it again. If this continues, check that your firewall allows UDP.',
  },
  format_changed: {
    title: 'The picture size or the audio channels changed during the broadcast',
    advice: 'Start your encoder again. It can’t change them while it streams.',
  },
  timed_out: {
    title: 'Your encoder stopped responding',
    advice: 'Check its network and start it again.',
  },
  no_media: { title: 'No usable picture or sound arrived', advice: useH264 },
  unknown: {
    title: 'The video server could not use your stream',
    advice: `Start your encoder again. If this continues: ${useH264}`,
  },
}

export const resting = 'You ended your broadcast'
export const restingForCap = 'Your broadcast was over a limit of the site'
export const restingFor = (seconds: number) =>
  `Your key rests for ${plural(seconds, 'second', 'seconds')}, so that your encoder doesn’t bring the broadcast back.`
export const restingEnds = 'Your key works again in a moment.'
export const endRest = 'Go live again now'

export const nothingArrived = 'Nothing has arrived yet'
export const likelyCauses = 'If your encoder is streaming, the likely cause is one of these:'
export const causes = [
  'The key is an old one. A reset replaces it, so copy it again.',
  'The key has a blank before or after it, or is only a part of the key.',
  'The server address isn’t exactly the one on this page.',
  'A firewall blocks the connection. Try another network.',
]

// What is received
export const codecs: Record<string, string> = {
  h264: 'H.264',
  h265: 'HEVC',
  hevc: 'HEVC',
  av1: 'AV1',
  vp8: 'VP8',
  vp9: 'VP9',
  aac: 'AAC',
  mpeg: 'MP3',
  opus: 'Opus',
  pcmu: 'G.711',
  pcma: 'G.711',
}
export const channels = (count: number) =>
  ({ 1: 'mono', 2: 'stereo', 6: '5.1' })[count] ?? `${count} channels`
export const kilohertz = (count: number) => `${count} kHz`
