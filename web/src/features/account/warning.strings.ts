export const title = 'A warning from this site’s operators'
export const reason = 'Reason:'
export const text = 'If it happens again, your account may be suspended.'
export const gotIt = 'Got it'
