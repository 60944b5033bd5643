export const title = 'Notice'
export const label = 'Notice on every page'
export const hint =
  'One line for everyone, such as planned maintenance. It replaces the current one.'
export const set = 'Show notice'
export const didSet = 'The notice is on every page that opens from now on'
export const remove = 'Remove'
export const removeNamed = 'Remove the notice'
export const removed = 'Removed the notice'
