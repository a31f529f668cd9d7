import { MASK, maskValue } from '@fairlead/service-kit/redaction/mask'
import { mergedSpans, replaceSpans, type Span } from '@fairlead/service-kit/redaction/span'
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'

/** As the tool server takes the type: by itself, or with its version and group, which is the one without a name. */
const secretType = /^secrets?(?:\.(?:v1\.)?)?$/i

/** Reading takes a second a few MiB, in which nothing else is done. */
const LONGEST_MANIFEST = 256 * 1024

/**
 * The arguments of a call as the record keeps them: data of Secrets and secrets of a known shape hidden, all else as it
 * is. Names hide nothing, since what would run must stand in the record.
 */
export function maskArguments(args: unknown): unknown {
  if (typeof args !== 'object' || args === null || Array.isArray(args)) return maskValue(args, 'written')
  const isOfSecret = 'resource_type' in args && secretType.test(String(args.resource_type))
  const entries = Object.entries(args).map(([name, value]) => [
    name,
    typeof value === 'string' ? withoutSecretData(value, isOfSecret && name === 'patch') : value,
  ])
  return maskValue(Object.fromEntries(entries), 'written')
}

/** A text of manifests, YAML or JSON, without the data of the Secrets in it; `isPatch`: it is a patch of a Secret. */
function withoutSecretData(text: string, isPatch: boolean): string {
  if (text.length > LONGEST_MANIFEST || !(isPatch || /\bSecret\b/.test(text))) return text
  const spans: Span[] = []
  for (const document of documentsOf(text)) {
    collect(document.contents, isPatch, { text, anchored: anchoredIn(document), hidden: new Set(), spans })
  }
  return replaceSpans(text, mergedSpans(spans), () => MASK)
}

type Found = {
  text: string
  /** What aliases of a name may stand for; asked once. */
  anchored: Map<string | undefined, unknown[]>
  /** Nodes that are done with: an alias may lead back to what it stands in. */
  hidden: Set<unknown>
  spans: Span[]
}

/** All at once: to look for the anchor of each alias is to walk the document as often. */
function anchoredIn(document: Document): Map<string | undefined, unknown[]> {
  const nodes: (Scalar | YAMLMap | YAMLSeq)[] = []
  visit(document, { Value: (_, node) => void (node.anchor !== undefined && nodes.push(node)) })
  return Map.groupBy(nodes, ({ anchor }) => anchor)
}

/** None of a text that cannot be read: no cluster takes it either. */
function documentsOf(text: string): Document[] {
  try {
    return [...parseAllDocuments(text, { logLevel: 'silent', prettyErrors: false, uniqueKeys: false })]
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

/** Every value under a node, wherever it stands; what a quoted one stands in stays, so that the text stays what it is. */
function hide(node: unknown, into: Found): void {
  if (into.hidden.has(node)) return
  into.hidden.add(node)
  if (isAlias(node)) {
    const targets = into.anchored.get(node.source) ?? []
    into.anchored.delete(node.source)
    for (const target of targets) hide(target, into)
  } else if (isMap(node)) for (const { value } of node.items) hide(value, into)
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
