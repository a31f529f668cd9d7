import { Visitor } from 'oxc-parser'
import type { ParsedFile } from './parse-files.ts'

/** `as` to any type, `as const` aside. */
export function countCasts(files: readonly ParsedFile[]): number {
  let casts = 0
  const visitor = new Visitor({
    TSAsExpression: ({ typeAnnotation: type }) => {
      const isConst =
        type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const'
      if (!isConst) casts += 1
    },
  })
  for (const { program } of files) visitor.visit(program)
  return casts
}
