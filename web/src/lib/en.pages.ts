/** The words of what viewers open beside the first page: loaded with it, by `learn()`. */
export const pages = {
  // Nothing there
  'app.notFound': 'There is nothing here',
  'app.notFoundText': 'The page may have moved, or its name may be spelt differently.',
  'app.toHome': 'See who is live',

  // The search page
  'search.title': 'Search',
  'search.resultsFor': 'Results for “{term}”',
  'search.empty': 'No channel matches “{term}”',
  'search.emptyText': 'A search looks at the beginnings of words in names and titles.',
  'search.prompt': 'What are you looking for?',
  'search.promptText': 'Search by a channel’s name or by the title of its stream.',

  // A sign-in that did not succeed
  'account.denied': 'You were not signed in, because the sign-in was cancelled.',
  'account.failed': 'Signing in did not work.',
  'account.expired': 'Signing in took too long, so it was cancelled.',
  'account.signInAgain': 'Sign in again',
  'account.dismiss': 'Dismiss',

  // The first choice of a username
  'account.chooseName': 'Choose your username',
  'account.chooseNameText':
    'It is the name people know you by and the address of your channel. You can’t change it later.',
  'account.username': 'Username',
  'account.usernameHint': '3 to 24 letters a to z, digits or _',
  'account.address': 'Your channel: {address}',
  'account.create': 'Create my channel',
  'account.taken': 'That name is taken, or looks too much like one that is.',
  'account.welcome': 'Welcome, {name}',

  // Following
  'social.follow': 'Follow',
  'social.following': 'Following',
  'social.followingNamed': 'Following {name}',
  'social.followNamed': 'Follow {name}',
  'social.failed': 'That did not work. Try again.',

  // The player
  'watch.video': 'Live video of {name}',
  'watch.controls': 'Player',
  'watch.play': 'Play',
  'watch.pause': 'Pause',
  'watch.mute': 'Mute',
  'watch.unmute': 'Unmute',
  'watch.tapToUnmute': 'Tap to unmute',
  'watch.volume': 'Volume',
  'watch.fullscreen': 'Fullscreen',
  'watch.leaveFullscreen': 'Leave fullscreen',
  'watch.connecting': 'Connecting…',
  'watch.unreachable': 'The stream can’t be reached. Trying again…',
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
