import { type BindingPattern, type Expression, type TSTypeAnnotation, Visitor } from 'oxc-parser'
import type { ParsedFile } from './parse-files.ts'

/**
 * Which expressions of a file are objects of a library, as far as the file itself shows: what it imports from one, what
 * is made of that (`new Pool()`, `createServer()`), and what is declared with a type of a library.
 */
export function libraryObjects({ program, module }: ParsedFile): (node: Expression) => boolean {
  const imported = new Set<string>()
  for (const { moduleRequest, entries } of module.staticImports) {
    if (!isLibrary(moduleRequest.value)) continue
    for (const { localName } of entries) imported.add(localName.value)
  }
  if (imported.size === 0) return () => false
  const names = new Set(imported)
  const hasLibraryType = (annotation: TSTypeAnnotation | null | undefined) => {
    const type = annotation?.typeAnnotation
    return type?.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && imported.has(type.typeName.name)
  }
  const declare = (pattern: BindingPattern | { type: string }) => {
    if (pattern.type !== 'Identifier') return
    const { name, typeAnnotation } = pattern as Extract<BindingPattern, { type: 'Identifier' }>
    if (hasLibraryType(typeAnnotation)) names.add(name)
  }
  const declareAll = ({ params }: { params: readonly (BindingPattern | { type: string })[] }) => params.forEach(declare)
  new Visitor({
    FunctionDeclaration: declareAll,
    FunctionExpression: declareAll,
    ArrowFunctionExpression: declareAll,
    VariableDeclarator: ({ id, init }) => {
      declare(id)
      if (init !== null && id.type === 'Identifier' && isMadeOf(init, imported)) names.add(id.name)
    },
  }).visit(program)
  return (node) => {
    const root = rootOf(node)
    return root !== undefined && names.has(root)
  }
}

function isLibrary(specifier: string): boolean {
  return !/^(?:\.|node:|@fairlead\/)/.test(specifier)
}

function isMadeOf(node: Expression, imported: ReadonlySet<string>): boolean {
  if (node.type === 'AwaitExpression') return isMadeOf(node.argument, imported)
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false
  const root = rootOf(node.callee)
  return (
    root !== undefined && imported.has(root) && (node.type === 'NewExpression' || node.callee.type === 'Identifier')
  )
}

/** `pool` of `pool.options.max`. What a `ref.current` holds is the program's own. */
function rootOf(node: Expression): string | undefined {
  if (node.type === 'Identifier') return node.name
  if (node.type !== 'MemberExpression') return undefined
  const isRef = node.property.type === 'Identifier' && node.property.name === 'current'
  return isRef ? undefined : rootOf(node.object)
}
