import { describe, expect, it } from 'vitest'
import { parseOverlayStyle } from './overlayStyle'

describe('parseOverlayStyle', () => {
  it('has a default for each parameter', () => {
    expect(parseOverlayStyle('')).toEqual({
      style: {
        size: 24,
        messages: 12,
        seconds: 0,
        badges: true,
        text: 'light',
        shadow: true,
      },
      invalid: [],
    })
  })

  it('reads every parameter', () => {
    const query = '?size=40&messages=5&seconds=30&badges=off&text=dark&shadow=off'

    expect(parseOverlayStyle(query)).toEqual({
      style: {
        size: 40,
        messages: 5,
        seconds: 30,
        badges: false,
        text: 'dark',
        shadow: false,
      },
      invalid: [],
    })
  })

  it.each([
    'size=9',
    'size=97',
    'size=1e1',
    'size=12px',
    'size=',
    'messages=0',
    'messages=51',
    'seconds=-1',
    'seconds=3601',
    'seconds=0.5',
    'badges=yes',
    'text=red',
    'text=url(x)',
    'shadow=1',
    'color=red',
    '__proto__=1',
  ])('keeps the defaults and names the parameter if it is %s', (query) => {
    const { style, invalid } = parseOverlayStyle(query)

    expect(style).toEqual(parseOverlayStyle('').style)
    expect(invalid).toEqual([query.split('=')[0]])
  })
})
