export const overlay = 'Chat overlay'
export const noChannel = (name: string) => `There is no channel “${name}”.`
export const invalid = (name: string) => `The address has an invalid parameter: ${name}.`
export const allowed = (name: string, values: string) => `${name} can be ${values}.`
export const forAdults =
  'This channel is for adults. Confirm your age on its page, or add this address to OBS.'
