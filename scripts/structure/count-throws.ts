import { Visitor } from 'oxc-parser'
import type { ParsedFile } from './parse-files.ts'

export type Throws = {
  /** Of an error class that somebody declared. */
  typed: number
  /** Of `Error` and the other classes of the language. */
  plain: number
}

/** What is thrown where it is made; what is only thrown on is not counted. */
export function countThrows(files: readonly ParsedFile[]): Throws {
  const throws: Throws = { typed: 0, plain: 0 }
  const visitor = new Visitor({
    ThrowStatement: ({ argument }) => {
      if (argument.type !== 'NewExpression' || argument.callee.type !== 'Identifier') return
      throws[/^(?:Type|Range|Syntax|Aggregate)?Error$/.test(argument.callee.name) ? 'plain' : 'typed'] += 1
    },
  })
  for (const { program } of files) visitor.visit(program)
  return throws
}
