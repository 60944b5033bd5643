/** The words of pages and dialogs that not everybody opens: loaded with them, by `learn()`. */
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
  'social.unfollow': 'Unfollow {name}',
  'social.followNamed': 'Follow {name}',
  'social.failed': 'That did not work. Try again.',
} as const
