import { stripVTControlCharacters } from 'node:util'
import { type Colours, coloursFor } from './colours.ts'
import { jsonLine } from './json-line.ts'

/**
 * Where a command speaks: what it was asked for goes to stdout, everything that is only for people to stderr. Callers
 * hand in text that is neutralised, or their own.
 */
export type Terminal = {
  env: NodeJS.ProcessEnv
  input: NodeJS.ReadStream
  /** Where prompts are drawn. */
  output: NodeJS.WriteStream
  /** Somebody sits before it and can be asked. */
  isInteractive: boolean
  /** Of what goes to stderr. */
  colours: Colours
  /** Of stdout, where a person may read that too. */
  answerColours: Colours
  /** Pieces of text, as they come. */
  answer(text: string): void
  /** One or more whole lines for a person. Begins a line of its own. */
  note(lines: string): void
  json(value: unknown): void
  /** A line that whatever comes next replaces; only where somebody sits before it. */
  passing(line: string): void
}

/** To the line's beginning, and all of it away. */
const ERASE_LINE = '\r\u001b[2K'

export type TerminalStreams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>

export function createTerminal({ stdin, stdout, stderr }: TerminalStreams, env: NodeJS.ProcessEnv): Terminal {
  let isLineOpen = false
  let isPassing = false
  const isInteractive = stdin.isTTY === true && stderr.isTTY === true
  const clear = () => {
    if (isPassing) stderr.write(ERASE_LINE)
    isPassing = false
  }
  return {
    env,
    input: stdin,
    output: stderr,
    isInteractive,
    colours: coloursFor(stderr, env),
    answerColours: coloursFor(stdout, env),
    answer: (text) => {
      if (text === '') return
      clear()
      stdout.write(text)
      isLineOpen = !text.endsWith('\n')
    },
    note: (lines) => {
      clear()
      if (isLineOpen) stdout.write('\n')
      isLineOpen = false
      stderr.write(`${lines}\n`)
    },
    json: (value) => void stdout.write(jsonLine(value)),
    passing: (line) => {
      if (!isInteractive) return
      clear()
      if (isLineOpen) stdout.write('\n')
      isLineOpen = false
      isPassing = true
      // A line that wraps could not be erased as one. Without colours: one that is cut before its end would go on.
      stderr.write(`\r${clipped(stripVTControlCharacters(line), (stderr.columns ?? 80) - 1)}`)
    },
  }
}

/** Whatever is not plain ASCII may be two columns wide. */
function clipped(line: string, columns: number): string {
  const characters = [...line]
  const most = /^[\u0020-\u007e]*$/.test(line) ? columns : Math.floor(columns / 2)
  return characters.length <= most ? line : `${characters.slice(0, most - 1).join('')}…`
}
