/** The words of what viewers see beside the first page: loaded with it, by `learn()`. */
export const pages = {
  // Nothing there
  'app.notFound': 'There is nothing here',
  'app.notFoundText': 'The page may have moved, or its name may be spelt differently.',
  'app.toHome': 'See who is live',

  // The menu of somebody signed in
  'account.menu': 'Your menu',
  'account.myChannel': 'My channel',
  'account.signOut': 'Sign out',
  'account.signOutFailed': 'Signing out did not work. Try again.',

  // Following
  'social.follow': 'Follow',
  'social.following': 'Following',
  'social.followingNamed': 'Following {name}',
  'social.followNamed': 'Follow {name}',
  'social.failed': 'That did not work. Try again.',

  // The player
  'watch.video': 'Live video of {name}',
  'watch.play': 'Play',
  'watch.tapToUnmute': 'Tap to unmute',
  'watch.connecting': 'Connecting…',
  'watch.unreachable': 'The stream can’t be reached. Trying again…',
  'watch.limited': 'The site is busy. Joining in a moment…',
  'watch.waitingForPicture': 'Here comes the picture…',
  'watch.backSoon': '{name} will be back soon',
  'watch.resuming': 'Reconnecting…',
  'watch.offline': '{name} is offline',
  'watch.offlineText': 'Stay if you like: the picture starts here by itself.',
  'watch.notConfigured': 'Video is not set up on this site yet.',
  'watch.live': 'Live',
  'watch.retry': 'Try now',

  // The cards under the player
  'watch.info': 'Stream',
  'watch.untitled': 'No title',
  'watch.editTitle': 'Edit the title',
  'watch.about': 'About {name}',
  'watch.editBio': 'Edit what is said about you',
  'watch.noBio': 'Nothing is known so far.',
  'watch.noBioYet': 'Say a few words about yourself and your channel.',
  'watch.followers': { one: '{count} follower', other: '{count} followers' },
} as const
