export const exportTitle = 'Your data'
export const exportText =
  'Get everything that this site holds about you: your profile, channel, follows, blocks, and messages.'
export const download = 'Download my data'
export const downloaded = 'Your data was downloaded'
export const incomplete =
  'Your data was downloaded, but some lists were too long and are cut. The file names them.'

export const deleteTitle = 'Delete account'
export const deleteText =
  'Your channel, stream key, follows, and messages are deleted, and everyone stops seeing you at once. You can’t undo this.'
export const reservedText = (username: string) =>
  `For 90 days, only you can choose the name ${username} again. Blocks and suspensions stay.`
export const typeUsername = (username: string) => `Type ${username} to confirm`
export const mismatch = (username: string) => `That isn’t your username. Type ${username}.`
export const deleteAccount = 'Delete account'
export const deleteForever = 'Delete my account'
export const deleted = 'Your account was deleted'
