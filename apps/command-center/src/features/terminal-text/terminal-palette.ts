import { mixColours, readableInk } from './contrast.ts'
import type { TextColour, TextStyle } from './text-style.ts'

/** The terminal is dark in both themes; its inks are held against the lighter of all grounds that a line may have. */
export const lightestGround = '#2b2526'
const inkOfTerminal = '#d8e6e4'

/** Black to white, then the bright ones: tones of the theme, as all of them stand on the terminal's ground. */
const palette = [
  '#51615f',
  '#ff9d94',
  '#6ad394',
  '#f0b14a',
  '#8fb4ff',
  '#d9a5f0',
  '#4fc4bb',
  '#d8e6e4',
  '#7d9492',
  '#ffb3ac',
  '#8fe0af',
  '#f7cf8a',
  '#b3ccff',
  '#e8c6f7',
  '#86dcd5',
  '#ffffff',
]

/** What of a style is drawn, with an ink that can be read on its ground. */
export type DrawnStyle = {
  color?: string
  backgroundColor?: string
  fontWeight?: number
  fontStyle?: 'italic'
  textDecoration?: string
}

const drawn = new WeakMap<TextStyle, DrawnStyle>()

export function drawnStyle(style: TextStyle): DrawnStyle {
  const known = drawn.get(style)
  if (known !== undefined) return known
  const made = draw(style)
  drawn.set(style, made)
  return made
}

function draw(style: TextStyle): DrawnStyle {
  const named = { ink: toHex(style.ink), ground: toHex(style.ground) }
  const { ink, ground } = style.isInverse
    ? { ink: named.ground ?? lightestGround, ground: named.ink ?? inkOfTerminal }
    : named
  const under = ground ?? lightestGround
  const shown = style.isFaint ? mixColours(ink ?? inkOfTerminal, under, 0.4) : ink
  const lines = [style.isUnderlined ? 'underline' : '', style.isStruck ? 'line-through' : ''].filter(
    (line) => line !== '',
  )
  return {
    ...((shown !== undefined || ground !== undefined) && { color: readableInk(shown ?? inkOfTerminal, under) }),
    ...(ground !== undefined && { backgroundColor: ground }),
    ...(style.isBold && { fontWeight: 500 }),
    ...(style.isItalic && { fontStyle: 'italic' as const }),
    ...(lines.length > 0 && { textDecoration: lines.join(' ') }),
  }
}

function toHex(colour: TextColour | undefined): string | undefined {
  return typeof colour === 'number' ? palette[colour] : colour
}
