import { type Expression, type Span, Visitor } from 'oxc-parser'
import { libraryObjects } from './library-objects.ts'
import { type Finding, isTest, type ParsedFile } from './parse-files.ts'

/** Fields that begin with `_` on the wire: of MCP, of servers made with FastMCP, and of Jenkins. */
const wireFields = new Set(['_meta', '_fastmcp', '_class'])

/** Where a library is used past its documented interface: private members, replaced methods, reflection. */
export function findLibraryPrivates(files: readonly ParsedFile[]): Finding[] {
  return files.flatMap((file) => [...privateMembers(file), ...replacedMembers(file)])
}

/** Private members of our own classes begin with `#`: what begins with `_` belongs to somebody else. */
function privateMembers({ path, program, lineAt }: ParsedFile): Finding[] {
  const found: Finding[] = []
  const see = (name: unknown, { start }: Span) => {
    if (typeof name !== 'string' || !name.startsWith('_') || name.startsWith('__') || wireFields.has(name)) return
    found.push({ path, line: lineAt(start), what: `${name} is private to its library` })
  }
  new Visitor({
    MemberExpression: ({ property }) => {
      if (property.type === 'Identifier') see(property.name, property)
      else if (property.type === 'Literal') see(property.value, property)
    },
    ObjectPattern: ({ properties }) => {
      for (const property of properties) {
        if (property.type === 'Property' && property.key.type === 'Identifier') see(property.key.name, property.key)
      }
    },
    TSIndexedAccessType: ({ indexType }) => {
      if (indexType.type !== 'TSLiteralType' || indexType.literal.type !== 'Literal') return
      see(indexType.literal.value, indexType)
    },
  }).visit(program)
  return found
}

function replacedMembers(file: ParsedFile): Finding[] {
  const found: Finding[] = []
  const isLibraryObject = libraryObjects(file)
  const see = (what: string, { start }: Span) => found.push({ path: file.path, line: file.lineAt(start), what })
  new Visitor({
    AssignmentExpression: ({ left, right, start, end }) => {
      if (left.type !== 'MemberExpression' || !isLibraryObject(left) || !isLibraryObject(left.object)) return
      const name = left.property.type === 'Identifier' ? left.property.name : ''
      // A handler such as `onmessage` is there to be assigned.
      const isHandler = name.startsWith('on')
      if (isPrototype(left.object) || (isFunction(right) && !isHandler)) {
        see(`${name} is assigned to an object of a library`, { start, end })
      }
    },
    CallExpression: ({ callee, arguments: [target], start, end }) => {
      const name = calleeName(callee)
      if (name === undefined || !reflections.has(name)) return
      if (target === undefined || target.type === 'SpreadElement') return
      // Whose object it is may be hidden behind a type parameter: production code has no need of these two at all.
      const isBanned = !isTest(file.path) && (name === 'Reflect.get' || name === 'Reflect.set')
      if (isBanned || isLibraryObject(target)) see(`${name} on an object of a library`, { start, end })
    },
  }).visit(file.program)
  return found
}

const reflections = new Set([
  'Reflect.get',
  'Reflect.set',
  'Reflect.defineProperty',
  'Object.assign',
  'Object.defineProperty',
])

function calleeName(callee: Expression): string | undefined {
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined
  return callee.property.type === 'Identifier' ? `${callee.object.name}.${callee.property.name}` : undefined
}

function isPrototype(node: Expression): boolean {
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' && node.property.name === 'prototype'
}

function isFunction(node: Expression): boolean {
  return node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'TSAsExpression'
}
