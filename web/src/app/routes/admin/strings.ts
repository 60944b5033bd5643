export const signInFirst = 'Sign in to continue'
export const signInFirstText = 'This page is for the operators of this site.'
