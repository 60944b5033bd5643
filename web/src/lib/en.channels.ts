/** The words of the list of channels beside every page: loaded with it. */
export const channels = {
  'channels.following': 'Following',
  'channels.recommended': 'Recommended',
  'channels.followNobody': 'Channels you follow appear here.',
} as const
