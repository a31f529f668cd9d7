import { Visitor } from 'oxc-parser'
import type { ParsedFile } from './parse-files.ts'

export type Import = {
  specifier: string
  /** Nothing of it is there when the program runs. */
  isType: boolean
}

/** Everything that the file imports: statically, by exporting it again, lazily by `import('…')`, or in a type. */
export function importsOf({ text, program }: Pick<ParsedFile, 'text' | 'program'>): Import[] {
  const found: Import[] = []
  for (const node of program.body) {
    if (node.type === 'ImportDeclaration') {
      found.push({ specifier: node.source.value, isType: node.importKind === 'type' })
    } else if (
      (node.type === 'ExportNamedDeclaration' || node.type === 'ExportAllDeclaration') &&
      node.source !== null
    ) {
      found.push({ specifier: node.source.value, isType: node.exportKind === 'type' })
    }
  }
  // A visit costs more than the search for whether one is needed.
  if (text.includes('import(')) {
    new Visitor({
      TSImportType: ({ source }) => {
        found.push({ specifier: source.value, isType: true })
      },
      ImportExpression: ({ source }) => {
        if (source.type === 'Literal' && typeof source.value === 'string')
          found.push({ specifier: source.value, isType: false })
      },
    }).visit(program)
  }
  return found
}
