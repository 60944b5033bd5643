export const channels = 'Channels'
export const following = 'Following'
export const recommended = 'Recommended'
export const followingNone = 'Channels you follow appear here.'
