/** Every word of the site that a person reads. `{places}` are filled in by `t()`. */
export const en = {
  // The frame around every page
  'app.home': '{site}: home',
  'app.skip': 'Skip to the content',
  'app.broken': 'Something went wrong on this page',
  'app.brokenText': 'It is not your doing. Loading the page again usually helps.',
  'app.reload': 'Load again',
  'app.notFound': 'There is nothing here',
  'app.notFoundText': 'The page may have moved, or its name may be spelt differently.',
  'app.toHome': 'See who is live',
  'app.loading': 'Loading',
  'app.retry': 'Try again',
  'app.close': 'Close',

  // Faults, by the API's codes
  'fault.title': 'This could not be loaded',
  'fault.offline': 'There is no connection to the site. Check your network and try again.',
  'fault.unavailable': 'The site is busy at the moment. Try again shortly.',
  'fault.rate_limited': 'That was a little fast. Wait a moment and try again.',
  'fault.not_configured': 'This site is not set up completely yet.',
  'fault.other': 'Something went wrong. Try again.',

  // Search
  'search.label': 'Search channels',
  'search.placeholder': 'Search',
  'search.button': 'Search',
  'search.title': 'Search',
  'search.resultsFor': 'Results for “{term}”',
  'search.empty': 'No channel matches “{term}”',
  'search.emptyText': 'A search looks at the beginnings of words in names and titles.',
  'search.prompt': 'What are you looking for?',
  'search.promptText': 'Search by a channel’s name or by the title of its stream.',

  // Channels in lists
  'channels.title': 'Live and around',
  'channels.titleLive': 'Live now',
  'channels.titleRest': 'More channels',
  'channels.empty': 'The stage is empty',
  'channels.emptyText': 'Nobody has a channel here yet. Sign in and open the first one.',
  'channels.live': 'Live',
  'channels.backSoon': 'Back soon',
  'channels.offline': 'Offline',
  'channels.more': 'Show more',
  'channels.viewers': { one: '{count} viewer', other: '{count} viewers' },
  'channels.following': 'Following',
  'channels.recommended': 'Recommended',
  'channels.sidebar': 'Channels',
  'channels.followNobody': 'Channels you follow appear here.',

  // Who am I
  'account.signIn': 'Sign in',
  'account.menu': 'Your menu',
  'account.myChannel': 'My channel',
  'account.dashboard': 'Dashboard',
  'account.signOut': 'Sign out',
  'account.signOutFailed': 'Signing out did not work. Try again.',
  'account.denied': 'You were not signed in, because the sign-in was cancelled.',
  'account.failed': 'Signing in did not work.',
  'account.expired': 'Signing in took too long, so it was cancelled.',
  'account.signInAgain': 'Sign in again',
  'account.dismiss': 'Dismiss',
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
  'social.unfollow': 'Unfollow {name}',
  'social.followNamed': 'Follow {name}',
  'social.failed': 'That did not work. Try again.',
} as const
