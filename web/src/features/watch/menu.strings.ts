import { number } from '../../lib/format'

export const quality = 'Quality'
/** LiveKit sends the size that fits the player. */
export const auto = 'Auto'
export const lines = (count: number) => `${count}p`
export const soundOnly = 'Sound only'
export const dataSaver = 'Saves data'
export const measuring = 'Measuring the data…'
export const nowPerHour = (count: number) => `Now ${dataPerHour(count)}`
export const pictureInPicture = 'Picture in picture'
export const leavePictureInPicture = 'Leave picture in picture'
export const statistics = 'Statistics'
export const shortcuts = 'Keyboard shortcuts'

export const close = 'Close'
export const size = 'Size'
export const frameRate = 'Frame rate'
export const bitrate = 'Bitrate'
export const data = 'Data'
export const dataPerHour = (count: number) => `${number(count)} MB per hour`
export const lost = 'Lost packets'
export const percent = (share: string) => `${share} %`
/** Without the delay between the creator and the server. */
export const delay = 'Delay from the server'
export const milliseconds = (count: number) => `${number(count)} ms`
export const transport = 'Transport'
export const unknown = '–'
