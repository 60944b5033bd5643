/** How an overlay looks. The query of its address says so, and OBS keeps that. */

export interface OverlayStyle {
  /** The size of the text, in pixels. */
  size: number
  /** At most this many messages are shown. */
  messages: number
  /** How long a message stays, in seconds. Zero is forever. */
  seconds: number
  /** Whether the badges of roles are shown. */
  badges: boolean
  /** The color of the text: light for dark pictures, or dark for light ones. */
  text: 'light' | 'dark'
  /** Whether letters have a shadow in the opposite color. */
  shadow: boolean
}

const DEFAULTS: OverlayStyle = {
  size: 24,
  messages: 12,
  seconds: 0,
  badges: true,
  text: 'light',
  shadow: true,
}

/** Inclusive. The size is readable in 360p and in 2160p. */
const RANGES = { size: [10, 96], messages: [1, 50], seconds: [0, 3600] } as const

/** What a parameter may be, for the message about an invalid one. */
export const ALLOWED: Readonly<Record<keyof OverlayStyle, string>> = {
  size: RANGES.size.join('–'),
  messages: RANGES.messages.join('–'),
  seconds: RANGES.seconds.join('–'),
  badges: 'on, off',
  text: 'light, dark',
  shadow: 'on, off',
}

/** Read the style from a query. An invalid parameter keeps its default; its name is returned, and unknown names are too. */
export function parseOverlayStyle(query: string): { style: OverlayStyle; invalid: string[] } {
  const style = { ...DEFAULTS }
  const invalid: string[] = []
  for (const [name, value] of new URLSearchParams(query)) {
    if (!assign(style, name, value)) invalid.push(name)
  }
  return { style, invalid }
}

/** Set one parameter. Return false if there is none of this name, or if it can't be this. */
function assign(style: OverlayStyle, name: string, value: string): boolean {
  switch (name) {
    case 'size':
    case 'messages':
    case 'seconds': {
      const [least, most] = RANGES[name]
      const number = Number(value)
      if (!/^\d{1,4}$/.test(value) || number < least || number > most) return false
      style[name] = number
      return true
    }
    case 'badges':
    case 'shadow':
      if (value !== 'on' && value !== 'off') return false
      style[name] = value === 'on'
      return true
    case 'text':
      if (value !== 'light' && value !== 'dark') return false
      style.text = value
      return true
    default:
      return false
  }
}
