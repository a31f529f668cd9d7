import { MASK, maskValue } from '@fairlead/service-kit/redaction/mask'
import { mergedSpans, replaceSpans, type Span } from '@fairlead/service-kit/redaction/span'
import { isMap, isScalar, isSeq, parseAllDocuments, type Scalar, type YAMLMap } from 'yaml'

/** Reading takes a second a few MiB, in which nothing else is done. */
const LONGEST_MANIFEST = 256 * 1024

/**
 * The arguments of a call as the record keeps them: data of Secrets and secrets of a known shape hidden, all else as it
 * is. Names hide nothing, since what would run must stand in the record.
 */
export function maskArguments(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return maskValue(args, 'written')
  const isOfSecret = 'resource_type' in args && /^secrets?$/i.test(String(args.resource_type))
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' ? withoutSecretData(value, isOfSecret && name === 'patch') : value,
  ])
  return maskValue(Object.fromEntries(entries), 'written')
}

/** A text of manifests, YAML or JSON, without the data of the Secrets in it; `isPatch`: it is a patch of a Secret. */
function withoutSecretData(text: string, isPatch: boolean): string {
  if (text.length > LONGEST_MANIFEST || !(isPatch || /\bSecret\b/.test(text))) return text
  const found: Found = { text, spans: [] }
  for (const contents of documentsOf(text)) collect(contents, isPatch, found)
  return replaceSpans(text, mergedSpans(found.spans), () => MASK)
}

type Found = { text: string; spans: Span[] }

/** None of a text that cannot be read: no cluster takes it either. */
function documentsOf(text: string): unknown[] {
  try {
    const documents = parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false, uniqueKeys: false })
    return [...documents].map(({ contents }) => contents)
  } catch {
    return []
  }
}

const dataFields: readonly string[] = ['data', 'stringData']

function collect(node: unknown, isSecret: boolean, into: Found): void {
  if (isSeq(node)) {
    for (const item of node.items) {
      if (isSecret && isMap(item) && /^\/(?:data|stringData)(?:\/|$)/.test(String(item.get('path')))) {
        hide(item.get('value', true), into)
      } else collect(item, isSecret, into)
    }
  } else if (isMap(node)) {
    if (isSecret || isSecretManifest(node)) for (const field of dataFields) hide(node.get(field, true), into)
    collect(node.get('items', true), false, into)
  }
}

function isSecretManifest(map: YAMLMap): boolean {
  const apiVersion = map.get('apiVersion')
  return map.get('kind') === 'Secret' && (apiVersion === undefined || apiVersion === 'v1')
}

/** Every value under a node; what a quoted one stands in stays, so that the text stays what it is. */
function hide(node: unknown, into: Found): void {
  if (isMap(node)) for (const { value } of node.items) hide(value, into)
  else if (isSeq(node)) for (const item of node.items) hide(item, into)
  else if (isScalar(node) && node.value !== null && node.value !== '') into.spans.push(...spanOf(into.text, node))
}

/** What stands in quotes, or a block without the line break at its end. */
function spanOf(text: string, { range, type }: Scalar): Span[] {
  if (!range) return []
  const [start, end] = range
  const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE'
  return [
    isQuoted ? { start: start + 1, end: end - 1 } : { start, end: start + text.slice(start, end).trimEnd().length },
  ]
}
