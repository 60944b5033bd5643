import { plural } from '../../lib/format'

export const search = 'Search people'
export const noMatch = 'No one here has that name.'
export const alone = 'No one else is here yet.'
export const guests = (count: number) => `and ${plural(count, 'guest', 'guests')}`
export const you = 'you'
