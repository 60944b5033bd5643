import { plural } from '../../lib/format'

// The player
export const video = (name: string) => `Live video of ${name}`
export const play = 'Play'
export const tapToUnmute = 'Tap to unmute'
/** What the player shows in place of a picture. */
export const curtain = {
  connecting: () => 'Connecting…',
  unreachable: () => 'Can’t reach the stream. Retrying…',
  limited: () => 'The site is busy. Joining in a moment…',
  full: () => 'This channel is full. Joining when there is room…',
  waitingForVideo: () => 'Starting the video…',
  noPicture: (name: string) => `${name} is live, but no picture arrives yet`,
  backSoon: (name: string) => `${name} will be back soon`,
  resuming: () => 'Reconnecting…',
  offline: (name: string) => `${name} is offline`,
  notConfigured: () => 'Video isn’t set up on this site yet.',
  suspended: () => 'Suspended people can’t watch.',
  live: () => 'Live',
  soundOnly: () => 'Sound only',
  pictureStopped: () => 'The picture has stopped',
}
export const offlineText = 'The stream starts here automatically.'
export const signedInOnly = 'Sign in to watch'
export const signedInOnlyText = 'This channel is for signed-in viewers right now.'

// The cards under the player
export const untitled = 'Untitled'
export const about = (name: string) => `About ${name}`
export const noBio = 'No bio yet.'
export const followers = (count: number) => plural(count, 'follower', 'followers')
