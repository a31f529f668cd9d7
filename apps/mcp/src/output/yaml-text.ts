import { stringify } from 'yaml'

/**
 * JSON-like data as YAML: what the library writes, line for line, without the tree of nodes that it builds first.
 * Structure and plain words are written here; whatever might need quotes, escapes or a block is left to the library,
 * since to know is its business.
 *
 * Lines are never folded: a path or a command stays on the line where a person looks for it.
 */
export function yamlText(value: unknown): string {
  return isBlock(value) ? blockText(value, '') : byLibrary(value)
}

type Block = Readonly<Record<string, unknown>> | readonly unknown[]

/** `indent` stands before every line but the first. */
function blockText(block: Block, indent: string): string {
  const inner = `${indent}  `
  const parts: string[] = []
  if (Array.isArray(block)) {
    for (const item of block) parts.push(`- ${isBlock(item) ? blockText(item, inner) : itemText(item, indent)}`)
  } else {
    for (const [key, value] of Object.entries(block)) {
      if (value === undefined) continue
      if (!isPlain(key)) parts.push(indented(byLibrary({ [key]: value }), indent))
      else if (isBlock(value)) parts.push(`${key}:\n${inner}${blockText(value, inner)}`)
      else parts.push(fieldText(key, value, indent))
    }
  }
  return parts.join(`\n${indent}`)
}

function fieldText(key: string, value: unknown, indent: string): string {
  const text = scalarText(value)
  return text === undefined ? indented(byLibrary({ [key]: value }), indent) : `${key}: ${text}`
}

function itemText(value: unknown, indent: string): string {
  return scalarText(value) ?? indented(byLibrary([value]), indent).slice('- '.length)
}

/** Undefined for what is not certain to be written as it is. */
function scalarText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      if (isPlain(value)) return value
      return digits.test(value) ? `"${value}"` : undefined
    case 'boolean':
      return String(value)
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : undefined
    default:
      return value === null ? 'null' : undefined
  }
}

const plain = /^[A-Za-z0-9/](?:[\w./@=,+-]|[: ](?=[\w./@=,+]))*(?<!-)$/
const digits = /^[0-9]+$/
const word = /^(?:null|true|false)$/i

/** A word, a path, an image, a time: nothing that YAML reads as a number, a constant or a mark of its own. */
function isPlain(text: string): boolean {
  return text.length < 1000 && plain.test(text) && Number.isNaN(Number(text)) && !word.test(text)
}

/** Something that has lines of its own. */
function isBlock(value: unknown): value is Block {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.length > 0 : Object.values(value).some((field) => field !== undefined)
}

function byLibrary(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }).replace(/\n$/, '')
}

function indented(text: string, indent: string): string {
  return text.includes('\n') ? text.replace(/\n(?!\n|$)/g, `\n${indent}`) : text
}
