/** The words that every page needs; those of single pages are in `en.pages.ts`. */
export const en = {
  // The frame around every page
  'app.home': '{site}: home',
  'app.skip': 'Skip to the content',
  'app.broken': 'Something went wrong on this page',
  'app.brokenText': 'It is not your doing. Loading the page again usually helps.',
  'app.reload': 'Load again',
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
  'channels.sidebar': 'Channels',

  // Who am I
  'account.signIn': 'Sign in',
  'account.dashboard': 'Dashboard',
} as const
