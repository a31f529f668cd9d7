import { MAX_LINES_OF_READS, readsLine, type Span } from '@fairlead/contract/call/reads-line'
import type { Terminal } from '../terminal/terminal.ts'

/** A read that has ended well: its line, and what stands below it where somebody opens it. */
export type EndedRead = Span & { line: string; detail: string }

export type ReadsPrinter = {
  /** One that goes on; a line that the next one replaces. */
  begun(line: string): void
  ended(read: EndedRead): void
  /** Ends the row: what comes next is something else. */
  flush(): void
  /** Every read since `begin`, opened. */
  opened(): string[]
  /** A new question. */
  begin(): void
}

/**
 * Reads in a row, a line each. Where they can be opened afterwards many of them share one line, and what is read stands
 * on the last line meanwhile.
 */
export function createReadsPrinter(terminal: Terminal, { isFolding }: { isFolding: boolean }): ReadsPrinter {
  let row: EndedRead[] = []
  let all: EndedRead[] = []
  const tell = ({ line }: EndedRead) => terminal.note(`  read  ${line}`)
  return {
    begun: (line) => isFolding && terminal.passing(`  reading  ${line}`),
    ended: (read) => {
      all.push(read)
      if (!isFolding) return tell(read)
      row.push(read)
      if (row.length > MAX_LINES_OF_READS) terminal.passing(`  ${readsLine(row)}`)
    },
    flush: () => {
      const ended = row
      row = []
      if (ended.length > MAX_LINES_OF_READS) {
        terminal.note(`  ${readsLine(ended)} ${terminal.colours.quiet('(/reads shows them)')}`)
      } else ended.forEach(tell)
    },
    opened: () => all.flatMap(({ line, detail }) => [`  read  ${line}`, `        ${terminal.colours.quiet(detail)}`]),
    begin: () => {
      all = []
    },
  }
}
