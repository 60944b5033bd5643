export const follow = 'Follow'
export const following = 'Following'
export const followNamed = (name: string) => `Follow ${name}`
export const followingNamed = (name: string) => `Following ${name}`
export const followFailed = (name: string) => `Couldn’t follow ${name}. Try again.`
export const unfollowFailed = (name: string) => `Couldn’t unfollow ${name}. Try again.`
