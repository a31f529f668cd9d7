import type { TextStyle } from './text-style.ts'

export type Stream = 'stdout' | 'stderr'

/** From `from` up to `to` in the text; what no span covers is plain. */
export type StyledSpan = { from: number; to: number; style: TextStyle }

export type TerminalLine = {
  /** What wrote it; a `note` is the viewer's own word about what is missing. */
  stream: Stream | 'note'
  /** From 1; a note has none. */
  number: number | undefined
  /** Without escape sequences; tabs and control characters as they came. */
  text: string
  spans: StyledSpan[]
  /** Nothing but printable ASCII: a character is a cell. */
  isAscii: boolean
  /** Width in cells. */
  cells: number
  /** One more with each change: lines change in place. */
  revision: number
}
