export const title = 'The operators of this site warn you'
export const reason = 'Reason:'
export const text = 'If it happens again, your account may be suspended.'
export const gotIt = 'Got it'
