export const rules = 'Chat rules'

export const ruleNames = {
  followers: 'Followers only',
  followersFor: (time: string) => `Followers only · ${time}`,
  slow: (time: string) => `Slow mode · ${time}`,
  signedIn: 'Signed-in viewers only',
  noLinks: 'No links',
  noRepeats: 'No repeats',
}

export const ruleTexts = {
  followers: 'Only people who follow this channel can write.',
  followersFor: (time: string) =>
    `Only people who have followed this channel for ${time} can write.`,
  slow: (time: string) =>
    `Everyone waits ${time} between messages. Keep writing: early messages are sent automatically.`,
  signedIn: 'Guests are read-only. Sign in to write.',
  noLinks: 'Messages with links are rejected.',
  noRepeats: 'Repeated messages are rejected.',
}
