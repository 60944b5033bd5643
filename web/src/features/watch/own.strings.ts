export const stream = 'Stream'
export const editTitle = 'Edit title'
export const noOwnBio = 'Introduce yourself and your channel.'
export const editBio = 'Edit bio'
