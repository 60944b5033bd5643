/** The words of the chat: loaded with it, after the first picture. */
export const chat = {
  // The panel
  'talk.title': 'Chat',
  'talk.chat': 'Chat',
  'talk.community': 'Community',
  'talk.hide': 'Hide the chat',
  'talk.show': 'Show the chat',
  'talk.popOut': 'Open the chat in a window of its own',
  'talk.more': 'More about this chat',
  'talk.speakOn': 'Read new messages to screen readers',
  'talk.speakOff': 'Stop reading messages to screen readers',
  'talk.clear': 'Clear the chat',

  // Its states
  'talk.empty': 'Welcome to the chat!',
  'talk.emptyText': 'Nobody has said anything yet.',
  'talk.off': 'Chat is off',
  'talk.offText': '{host} has switched it off.',
  'talk.offline': 'The chat opens when the stream starts',
  'talk.history': 'Show what was said',
  'talk.noHistory': 'Nothing was said lately.',
  'talk.loading': 'Loading the chat',
  'talk.loadingOlder': 'Loading earlier messages…',
  'talk.reconnecting': 'Reconnecting…',
  'talk.newMessages': { one: '{count} new message', other: '{count} new messages' },
  'talk.toNewest': 'Back to the newest',

  // A message
  'talk.messages': 'Messages',
  'talk.actionsOn': 'Actions for {name}: {text}',
  'talk.actionsFor': 'Actions for {name}',
  'talk.host': 'Host',
  'talk.moderator': 'Moderator',
  'talk.guest': 'Guest',
  'talk.sending': 'Sending',
  'talk.retry': 'Retry',
  'talk.edit': 'Edit',
  'talk.discard': 'Discard',
  'talk.said': '{name}: {text}',
  'talk.saidMore': { one: 'and {count} more message', other: 'and {count} more messages' },

  // Why a message was not taken, by the API's codes
  'talk.no_chat_disabled': 'The chat is off.',
  'talk.no_timed_out': 'You are timed out.',
  'talk.no_signed_in_only': 'Only signed-in viewers can write.',
  'talk.no_followers_only': 'Only followers can write.',
  'talk.no_host_offline': 'The stream is over.',
  'talk.no_text_too_long': 'It is too long.',

  // The composer
  'talk.write': 'Send a message',
  'talk.send': 'Send',
  'talk.lettersLeft': { one: '{count} character left', other: '{count} characters left' },
  'talk.tooLong': { one: '{count} character too many', other: '{count} characters too many' },
  'talk.asGuest': 'You write as {name}.',
  'talk.asGuestSignIn': 'Sign in',
  'talk.asGuestWhy': 'to write under your own name.',
  'talk.goesOut': 'Goes out in {time}',
  'talk.goesOutNow': 'Goes out now…',
  'talk.waiting': 'Your last message goes out first: in {time}.',
  'talk.closed_offline': 'The chat opens when the stream starts.',
  'talk.closed_signedIn': 'Only signed-in viewers can write here.',
  'talk.closed_follow': 'Only followers can write here.',
  'talk.closed_followLonger': 'You can write here in {time}: followers can after a while.',
  'talk.closed_timedOut': 'You are timed out. You can write again in {time}.',

  // Emoji
  'talk.emoji': 'Emoji',

  // The rules in the banner
  'talk.rules': 'The rules of this chat',
  'talk.rule_followers': 'Followers only',
  'talk.rule_followersFor': 'Followers only · {time}',
  'talk.rule_slow': 'Slow mode · {time}',
  'talk.rule_signedIn': 'Signed-in viewers only',
  'talk.rule_noLinks': 'No links',
  'talk.rule_noRepeats': 'No repeats',
  'talk.why_followers': 'Only people who follow this channel can write.',
  'talk.why_followersFor': 'Only people who have followed this channel for {time} can write.',
  'talk.why_slow':
    'Everyone waits {time} between messages. Write on: what comes early goes out by itself.',
  'talk.why_signedIn': 'Guests can read. To write, sign in.',
  'talk.why_noLinks': 'Messages with links are not taken.',
  'talk.why_noRepeats': 'The same message again is not taken.',

  // The menu of a message or a person
  'talk.copy': 'Copy the message',
  'talk.copied': 'Copied',
  'talk.copyFailed': 'Your browser did not let the site copy.',
  'talk.mention': 'Mention {name}',
  'talk.delete': 'Delete the message',
  'talk.timeOut': 'Time out…',
  'talk.timeOutEnd': 'End the time-out',
  'talk.block': 'Block…',
} as const
