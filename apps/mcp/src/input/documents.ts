import {
  type Alias,
  type Document,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  type Scalar,
  visit,
} from 'yaml'
import { InvalidInput } from './invalid-input.ts'
import { shownValue } from './shown-value.ts'

/** A document and the line, from 1, on which it begins. */
export type ParsedDocument = { value: unknown; line: number }

type FailAt = (offset: number, problem: string) => never

const mostBytes = 1024 * 1024
/**
 * Lists and maps within each other, a map counted twice. It is far deeper than anything that is written, and what is made of
 * it later takes time by the square of its depth.
 */
const mostDeep = 400
const mostAliases = 100
/** What the aliases of a document may make of it, in characters of JSON; no API server takes more in one request. */
const mostExpanded = 3 * 1024 * 1024
const plainTags = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`)

/**
 * The documents of YAML 1.2 or JSON text, as plain JSON values; empty documents are left out.
 *
 * What could mean one thing to the writer and another to the reader is refused with its line and column: custom tags,
 * keys given twice, keys that are no words, and numbers that JSON or YAML 1.1 would read differently.
 */
export function parseDocuments(parameter: string, source: string): ParsedDocument[] {
  const bytes = Buffer.byteLength(source)
  if (bytes > mostBytes) throw new InvalidInput(`${parameter} has ${bytes} bytes. At most ${mostBytes} are allowed.`)
  const lines = new LineCounter()
  const failAt: FailAt = (offset, problem) => {
    const { line, col } = lines.linePos(offset)
    throw new InvalidInput(`${parameter} is not valid YAML: line ${line}, column ${col}: ${problem}.`)
  }
  // Keys given twice are looked for below: the library compares each with each.
  const options = { merge: true, prettyErrors: false, stringKeys: true, uniqueKeys: false }
  const parsed = parseAllDocuments(source, { lineCounter: lines, ...options })
  const documents: Document.Parsed[] = 'empty' in parsed ? [] : parsed
  return documents
    .map((document) => ({
      value: plainValue(document, failAt),
      line: lines.linePos(document.contents?.range[0] ?? document.range[0]).line,
    }))
    .filter(({ value }) => value !== null)
}

function plainValue(document: Document.Parsed, failAt: FailAt): unknown {
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) failAt(problem.pos[0], reasonOf(problem.message))
  const { explicit, version } = document.directives.yaml
  if (explicit && version === '1.1') failAt(document.range[0], 'YAML 1.1 is not read here, only 1.2')
  try {
    const { aliases } = requirePlainNodes(document, failAt)
    const value: unknown = document.toJS({ maxAliasCount: mostAliases })
    if (aliases > 0 && JSON.stringify(value).length > mostExpanded) failAt(document.range[0], tooMuch)
    return value
  } catch (error) {
    // What the library throws here: a ReferenceError for aliases that multiply, a RangeError for the depth, an Error.
    if (error instanceof ReferenceError) return failAt(document.range[0], tooMuch)
    if (error instanceof RangeError) return failAt(document.range[0], tooDeep)
    if (error instanceof Error && error.message.startsWith('Merge sources'))
      return failAt(document.range[0], 'what << merges is no map')
    throw error
  }
}

const tooDeep = 'it is nested too deeply'
const tooMuch = 'its aliases expand to too much'

function reasonOf(message: string): string {
  const [line = message] = message.split('\n', 1)
  return line.includes('call stack') ? tooDeep : line.replace(/[.:]$/, '')
}

function requirePlainNodes(document: Document.Parsed, failAt: FailAt): { aliases: number } {
  let aliases = 0
  visit(document, {
    Alias(_, node, path) {
      if (++aliases > mostAliases) failAt(offsetOf(node), `more than ${mostAliases} aliases`)
      requireAnchor(node, document, path, failAt)
    },
    Map(_, { items }) {
      const keys = new Set<unknown>()
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : key
        if (keys.has(name)) failAt(isScalar(key) ? offsetOf(key) : 0, 'Map keys must be unique')
        keys.add(name)
      }
    },
    Value(_, node, path) {
      // A map and its pair are a step each.
      if (path.length > mostDeep) failAt(offsetOf(node), tooDeep)
      if (node.tag !== undefined && !plainTags.includes(node.tag))
        failAt(offsetOf(node), `the tag ${shownValue(node.tag)} is not allowed`)
      if (isScalar(node)) requireExact(node, failAt)
    },
  })
  return { aliases }
}

function requireAnchor(alias: Alias, document: Document.Parsed, path: readonly unknown[], failAt: FailAt): void {
  const target = alias.resolve(document)
  if (target === undefined) failAt(offsetOf(alias), `no anchor ${shownValue(alias.source)} stands before this alias`)
  if (path.includes(target)) failAt(offsetOf(alias), 'the alias stands within its own anchor')
}

function requireExact(node: Scalar, failAt: FailAt): void {
  const { value, source = '' } = node
  if (typeof value === 'string' && !value.isWellFormed()) failAt(offsetOf(node), 'the text is not valid Unicode')
  if (typeof value !== 'number') return
  if (!Number.isFinite(value)) failAt(offsetOf(node), `${shownValue(source)} is not a number of JSON`)
  if (Number.isInteger(value) && !Number.isSafeInteger(value))
    failAt(offsetOf(node), `${shownValue(source)} is too large to be handed on exactly`)
  const [, octal] = /^[-+]?0+([0-7]+)$/.exec(source) ?? []
  if (octal !== undefined)
    failAt(
      offsetOf(node),
      `${shownValue(source)} is octal to YAML 1.1 and decimal to YAML 1.2; write 0o${octal} or ${Number.parseInt(octal, 8)}`,
    )
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0
}
