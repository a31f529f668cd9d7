import { isRecord } from '@fairlead/contract/json/is-record'
import { isMap, isPair, isScalar, isSeq, type Node, parseAllDocuments, stringify } from 'yaml'
import { parsedJson } from './result-text.ts'
import { isSecretAt, isSecretKey } from './secret-values.ts'

export type ArgumentPart = { text: string; isSecret: boolean }
/** `path`: of the argument's value that ends on this line. */
export type ArgumentLine = { indent: number; parts: ArgumentPart[]; path: string | undefined }

/**
 * Arguments as lines: JSON with two spaces, but a text of several lines as an indented block, and JSON in a text as
 * YAML. Secrets are marked, so that the view can mask them.
 */
export function argumentLines(args: unknown): ArgumentLine[] {
  if (!isRecord(args) || Object.keys(args).length === 0) return []
  return linesOf(args, { root: args, tokens: [], indent: 0, prefix: '', suffix: '' })
}

type Place = { root: unknown; tokens: readonly string[]; indent: number; prefix: string; suffix: string }

function linesOf(value: unknown, place: Place): ArgumentLine[] {
  const { root, tokens, indent, prefix, suffix } = place
  const path = pointer(tokens)
  const line = (text: string, at: string | undefined = undefined): ArgumentLine => ({
    indent,
    parts: [{ text, isSecret: false }],
    path: at,
  })
  if (typeof value === 'string') {
    const block = blockText(value)
    if (block !== undefined && !isSecretAt(root, tokens)) {
      const inner = secretParts(block).map((parts) => ({ indent: indent + 1, parts, path: undefined }))
      return [line(`${prefix}|`, path), ...inner]
    }
  }
  const isList = Array.isArray(value)
  const entries = isList
    ? value.map((item, index) => [String(index), item] as const)
    : isRecord(value)
      ? Object.entries(value)
      : []
  if (entries.length > 0) {
    const inner = entries.flatMap(([key, item], index) =>
      linesOf(item, {
        root,
        tokens: [...tokens, key],
        indent: indent + 1,
        prefix: isList ? '' : `${JSON.stringify(key)}: `,
        suffix: index < entries.length - 1 ? ',' : '',
      }),
    )
    return [line(`${prefix}${isList ? '[' : '{'}`, path), ...inner, line(`${isList ? ']' : '}'}${suffix}`)]
  }
  const isSecret = typeof value !== 'boolean' && value !== null && tokens.length > 0 && isSecretAt(root, tokens)
  const text = JSON.stringify(value) ?? 'null'
  return [
    {
      indent,
      parts: [
        { text: prefix, isSecret: false },
        { text, isSecret },
        { text: suffix, isSecret: false },
      ].filter((part) => part.text !== ''),
      path,
    },
  ]
}

/** What a text shows as a block of its own: several lines as they are, JSON as YAML. */
function blockText(text: string): string | undefined {
  const json = parsedJson(text)
  if (json !== undefined) return stringify(json, { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd()
  return text.includes('\n') ? text.replace(/\n$/, '') : undefined
}

/** Lines of a text in parts; where it reads as YAML, the values of telling keys and of Secrets are apart. */
export function secretParts(text: string): ArgumentPart[][] {
  const ranges = secretRanges(text)
  let at = 0
  return text.split('\n').map((line) => {
    const [start, end] = [at, at + line.length]
    at = end + 1
    const parts: ArgumentPart[] = []
    let from = start
    for (const [low, high] of ranges) {
      const [left, right] = [Math.max(low, from), Math.min(high, end)]
      if (right <= left) continue
      if (left > from) parts.push({ text: text.slice(from, left), isSecret: false })
      parts.push({ text: text.slice(left, right), isSecret: true })
      from = right
    }
    if (from < end || parts.length === 0) parts.push({ text: text.slice(from, end), isSecret: false })
    return parts
  })
}

type Range = readonly [start: number, end: number]

function secretRanges(text: string): Range[] {
  const ranges: Range[] = []
  try {
    for (const document of parseAllDocuments(text)) {
      if ('contents' in document) collect(document.contents as Node | null, false, ranges)
    }
  } catch {
    return []
  }
  return ranges.toSorted(([left], [right]) => left - right)
}

function collect(node: unknown, isInSecret: boolean, into: Range[]): void {
  if (isScalar(node)) {
    if (isInSecret && node.range && node.value !== null && node.value !== '') into.push([node.range[0], node.range[1]])
  } else if (isSeq(node)) {
    for (const item of node.items) collect(item, isInSecret, into)
  } else if (isMap(node)) {
    const isSecretObject = node.get('kind') === 'Secret'
    const name = node.get('name')
    for (const pair of node.items) {
      if (!isPair(pair) || !isScalar(pair.key)) continue
      const key = String(pair.key.value)
      const isTelling = isSecretKey(key) || (key === 'value' && typeof name === 'string' && isSecretKey(name))
      const isData = isSecretObject && (key === 'data' || key === 'stringData')
      collect(pair.value, isInSecret || isData || (isTelling && isScalar(pair.value)), into)
    }
  }
}

function pointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
