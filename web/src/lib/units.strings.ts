/** Short units after numbers. */

// Video figures
export const framesPerSecond = (count: number) => `${count} fps`
export const megabits = (count: string) => `${count} Mbit/s`

export const shortDurations = {
  days: (count: number) => `${count} d`,
  hours: (count: number) => `${count} h`,
  /** Minutes, or minutes and seconds such as `1:05`. */
  minutes: (count: number | string) => `${count} min`,
  seconds: (count: number) => `${count} s`,
}
