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
}

export type TerminalStreams = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr'>

export function createTerminal({ stdin, stdout, stderr }: TerminalStreams, env: NodeJS.ProcessEnv): Terminal {
  let isLineOpen = false
  return {
    env,
    input: stdin,
    output: stderr,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
    colours: coloursFor(stderr, env),
    answerColours: coloursFor(stdout, env),
    answer: (text) => {
      if (text === '') return
      stdout.write(text)
      isLineOpen = !text.endsWith('\n')
    },
    note: (lines) => {
      if (isLineOpen) stdout.write('\n')
      isLineOpen = false
      stderr.write(`${lines}\n`)
    },
    json: (value) => void stdout.write(jsonLine(value)),
  }
}
