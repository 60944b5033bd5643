export const forAdults = 'This channel is meant for people of 18 or older'
export const confirmAge = 'I am 18 or older'
export const goBack = 'Go back'
