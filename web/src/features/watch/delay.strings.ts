export const behind = (seconds: number, time: string) =>
  `Viewers are at least ${seconds} s behind since ${time}`
export const cause =
  'Your encoder’s connection stalled. “Catch up” restarts it: viewers see a short interruption, and your broadcast continues.'
export const catchUp = 'Catch up'
export const isCatchingUp = 'Waiting for your encoder to reconnect…'
export const automatic = 'Catch up automatically'
export const automaticHint =
  'While this page is open. Only for encoders that reconnect on their own, as OBS does.'
