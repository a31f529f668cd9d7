import Anser, { type AnserJsonEntry, type DecorationName } from 'anser'
import { plainStyle, type TextColour, type TextStyle } from './text-style.ts'

const stylesAfter = new Map<string, TextStyle>()
const styles = new Map<string, TextStyle>()
/** Programs use a few styles; one that makes up new ones all the time must not fill the memory. */
const MAX_KNOWN = 5_000

/** The style after a select-graphic-rendition sequence: `parameters` is what stands between `ESC [` and `m`. */
export function applySgr(before: TextStyle, parameters: string): TextStyle {
  const key = `${before.codes}|${parameters}`
  const known = stylesAfter.get(key)
  if (known !== undefined) return known
  const codes = [before.codes, ...readable(parameters)].filter((code) => code !== '').join(';')
  const style = styleOf(new Anser().processChunkJson(`${codes}m.`, { json: true, use_classes: true }, true))
  if (stylesAfter.size > MAX_KNOWN) stylesAfter.clear()
  stylesAfter.set(key, style)
  return style
}

/** Colons may separate the parts of one parameter. What has no meaning here is left out before it is misread. */
function readable(parameters: string): string[] {
  const out: string[] = []
  const given = parameters.split(';')
  for (let i = 0; i < given.length; i++) {
    const [code = '', ...parts] = (given[i] ?? '').split(':')
    if (code === '38' || code === '48' || code === '58') {
      const isApart = parts.length === 0
      const colour = isApart ? given.slice(i + 1, i + (given[i + 1] === '2' ? 5 : 3)) : partsOfColour(parts)
      if (isApart) i += colour.length
      if (code !== '58' && isColour(colour)) out.push(code, ...colour)
    } else if (code === '4' && parts[0] === '0') {
      out.push('24')
    } else {
      out.push(String(Number(code)))
    }
  }
  return out
}

/** A mode of 2 has the id of a colour space before its three values, or none. */
function partsOfColour([mode = '', ...values]: string[]): string[] {
  if (mode !== '2') return [mode, values[0] ?? '']
  return [mode, ...(values.length > 3 ? values.slice(1, 4) : values)]
}

function isColour([mode, ...values]: string[]): boolean {
  const areValid = values.every((value) => /^\d{1,3}$/.test(value) && Number(value) < 256)
  return areValid && ((mode === '5' && values.length === 1) || (mode === '2' && values.length === 3))
}

function styleOf(entry: AnserJsonEntry): TextStyle {
  const has = (decoration: DecorationName) => entry.decorations.includes(decoration)
  const style = {
    ink: colourOf(entry.fg, entry.fg_truecolor),
    ground: colourOf(entry.bg, entry.bg_truecolor),
    isBold: has('bold'),
    isFaint: has('dim'),
    isItalic: has('italic'),
    isUnderlined: has('underline'),
    isStruck: has('strikethrough'),
    isInverse: has('reverse'),
  }
  const codes = codesOf(style)
  if (codes === '') return plainStyle
  const known = styles.get(codes)
  if (known !== undefined) return known
  if (styles.size > MAX_KNOWN) styles.clear()
  const made = { ...style, codes }
  styles.set(codes, made)
  return made
}

function codesOf(style: Omit<TextStyle, 'codes'>): string {
  const flags = {
    1: style.isBold,
    2: style.isFaint,
    3: style.isItalic,
    4: style.isUnderlined,
    7: style.isInverse,
    9: style.isStruck,
  }
  const on = Object.entries(flags).flatMap(([code, isOn]) => (isOn ? [code] : []))
  return [...on, ...codesOfColour('38', style.ink), ...codesOfColour('48', style.ground)].join(';')
}

function codesOfColour(code: string, colour: TextColour | undefined): string[] {
  if (colour === undefined) return []
  if (typeof colour === 'number') return [code, '5', String(colour)]
  return [code, '2', ...[1, 3, 5].map((at) => String(Number.parseInt(colour.slice(at, at + 2), 16)))]
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

function colourOf(name: string | null, exact: string | null): TextColour | undefined {
  if (name === null) return undefined
  if (name === 'ansi-truecolor') return hex((exact ?? '').split(',').map(Number))
  const index = /^ansi-palette-(\d+)$/.exec(name)?.[1]
  if (index !== undefined) return ofPalette(Number(index))
  const isBright = name.startsWith('ansi-bright-')
  const at = names.indexOf(name.slice(isBright ? 12 : 5))
  return at === -1 ? undefined : at + (isBright ? 8 : 0)
}

/** The cube of 216 colours and the ramp of 24 greys, as every terminal has them. */
function ofPalette(index: number): TextColour {
  if (index < 16) return index
  if (index >= 232) return hex([0, 0, 0].map(() => 8 + (index - 232) * 10))
  const steps = [0, 95, 135, 175, 215, 255]
  const at = index - 16
  return hex([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map((step) => steps[step] ?? 0))
}

function hex(values: number[]): TextColour {
  return `#${values.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
