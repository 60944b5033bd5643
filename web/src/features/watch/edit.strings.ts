export const labels = { title: 'Title', bio: 'Bio' }
export const saved = { title: 'Title saved', bio: 'Bio saved' }
export const save = 'Save'
