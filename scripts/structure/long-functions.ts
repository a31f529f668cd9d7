import { type ArrowFunctionExpression, type Function as FunctionNode, Visitor } from 'oxc-parser'
import { type Finding, isTest, type ParsedFile } from './parse-files.ts'

export const LONG_FUNCTION_LINES = 60
export const MAX_FUNCTION_LINES = 120

export type FunctionLength = { path: string; line: number; name: string; lines: number }

/** Every function of the sources, methods and callbacks included. The blocks of a test file are no functions of the product. */
export function functionLengths(files: readonly ParsedFile[]): FunctionLength[] {
  return files.filter(({ path }) => !isTest(path)).flatMap(lengthsIn)
}

function lengthsIn({ path, program, lineAt }: ParsedFile): FunctionLength[] {
  const found: FunctionLength[] = []
  const names = new Map<number, string>()
  const measure = (node: FunctionNode | ArrowFunctionExpression) => {
    if (node.body === null) return
    const line = lineAt(node.start)
    const own = node.type === 'ArrowFunctionExpression' ? undefined : node.id?.name
    found.push({ path, line, name: own ?? names.get(node.start) ?? 'a function', lines: lineAt(node.end) - line + 1 })
  }
  new Visitor({
    VariableDeclarator: ({ id, init }) => {
      if (init !== null && id.type === 'Identifier') names.set(init.start, id.name)
    },
    Property: ({ key, value }) => {
      if (key.type === 'Identifier') names.set(value.start, key.name)
    },
    MethodDefinition: ({ key, value }) => {
      if (key.type === 'Identifier' || key.type === 'PrivateIdentifier') names.set(value.start, key.name)
    },
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
  }).visit(program)
  return found
}

export function longFunctions(lengths: readonly FunctionLength[], limit: number): Finding[] {
  return lengths
    .filter(({ lines }) => lines > limit)
    .toSorted((left, right) => right.lines - left.lines)
    .map(({ path, line, name, lines }) => ({ path, line, what: `${name} has ${lines} lines, ${limit} at most` }))
}
