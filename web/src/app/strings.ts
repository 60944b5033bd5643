export const home = (siteName: string) => `${siteName} home`
export const skipToContent = 'Skip to content'

export const broken = 'Something went wrong on this page'
export const brokenText = 'This isn’t your fault. Try reloading the page.'
export const reload = 'Reload'

export const searchLabel = 'Search channels'
export const searchPlaceholder = 'Search'
export const search = 'Search'
