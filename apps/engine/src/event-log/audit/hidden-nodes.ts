import { isSealed } from '@fairlead/contract/sealed-value'
import type { Span } from '@fairlead/service-kit/redaction/span'
import { type Document, isAlias, isMap, isScalar, isSeq, type Scalar, visit, type YAMLMap, type YAMLSeq } from 'yaml'

type Place = Scalar | YAMLMap | YAMLSeq

type Found = {
  text: string
  /** What aliases of a name may stand for; asked once. */
  anchored: ReadonlyMap<string | undefined, readonly Place[]>
  /** Nodes that are done with: an alias may lead back to what it stands in. */
  done: Set<unknown>
  hidden: Set<unknown>
  spans: Span[]
}

/** Where data of Secrets stand in a document of manifests, or of the changes of a reversion. */
export function hiddenInManifests(document: Document, text: string): Span[] {
  const into = foundIn(document, text)
  collect(document.contents, into)
  return into.spans
}

/** Where data stand in a patch of a Secret. */
export function hiddenInPatch(document: Document, text: string): Span[] {
  const into = foundIn(document, text)
  for (const place of placesOf(document.contents, into)) hidePatch(place, into)
  return into.spans
}

/** All anchors at once: to look for the anchor of each alias is to walk the document as often. */
function foundIn(document: Document, text: string): Found {
  const nodes: Place[] = []
  visit(document, { Value: (_, node) => void (node.anchor !== undefined && nodes.push(node)) })
  return { text, anchored: Map.groupBy(nodes, ({ anchor }) => anchor), done: new Set(), hidden: new Set(), spans: [] }
}

function collect(node: unknown, into: Found): void {
  if (into.done.has(node)) return
  into.done.add(node)
  for (const place of placesOf(node, into)) {
    if (isSeq(place)) for (const item of place.items) collect(item, into)
    if (!isMap(place)) continue
    if (isSecret(place, into)) hideData(place, into)
    // A reversion names its object apart from what is done to it.
    if (valuesOf(place, 'ref', into).some((ref) => isMap(ref) && isSecret(ref, into))) {
      for (const patch of valuesOf(place, 'patch', into)) hidePatch(patch, into)
      for (const manifest of valuesOf(place, 'create', into)) hidePatch(manifest, into)
    }
    for (const items of valuesOf(place, 'items', into)) collect(items, into)
  }
}

function isSecret(map: YAMLMap, into: Found): boolean {
  const textsOf = (key: string) => valuesOf(map, key, into).map((value) => isScalar(value) && value.value)
  const versions = textsOf('apiVersion')
  return textsOf('kind').includes('Secret') && (versions.length === 0 || versions.includes('v1'))
}

/** What a patch of a Secret can write beside its data. */
const beside = /^\/(?:metadata|type|immutable)(?:\/|$)/

function hidePatch(patch: Place, into: Found): void {
  if (isMap(patch)) hideData(patch, into)
  if (!isSeq(patch)) return
  for (const operation of patch.items.flatMap((item) => placesOf(item, into))) {
    if (!isMap(operation)) continue
    const paths = valuesOf(operation, 'path', into)
    const isBeside = paths.length > 0 && paths.every((path) => isScalar(path) && beside.test(String(path.value)))
    if (!isBeside) for (const value of valuesOf(operation, 'value', into)) hide(value, into)
  }
}

/** Of a Secret, and of the copy of it that kubectl keeps beside. */
function hideData(secret: YAMLMap, into: Found): void {
  for (const field of ['data', 'stringData']) for (const value of valuesOf(secret, field, into)) hide(value, into)
  for (const metadata of valuesOf(secret, 'metadata', into).filter(isMap)) {
    for (const annotations of valuesOf(metadata, 'annotations', into).filter(isMap)) {
      const copies = valuesOf(annotations, 'kubectl.kubernetes.io/last-applied-configuration', into)
      for (const copy of copies) hide(copy, into)
    }
  }
}

/** The values of a key, as often as it stands there, in what is merged into the map as well. */
function valuesOf(map: YAMLMap, key: string, into: Found, merged = new Set<YAMLMap>()): Place[] {
  if (merged.has(map)) return []
  merged.add(map)
  return map.items.flatMap((pair) => {
    const names = placesOf(pair.key, into).map((name) => isScalar(name) && name.value)
    const values = names.includes(key) || names.includes('<<') ? placesOf(pair.value, into) : []
    if (!names.includes('<<')) return values
    const maps = values.flatMap((value) => (isSeq(value) ? value.items.flatMap((item) => placesOf(item, into)) : value))
    return maps.filter(isMap).flatMap((each) => valuesOf(each, key, into, merged))
  })
}

/** The node, or for an alias what it may stand for. */
function placesOf(node: unknown, { anchored }: Found): readonly Place[] {
  if (isAlias(node)) return anchored.get(node.source) ?? []
  return isScalar(node) || isMap(node) || isSeq(node) ? [node] : []
}

/** Every value under a node, wherever it stands; what a quoted one stands in stays, so that the text stays what it is. */
function hide(node: unknown, into: Found): void {
  for (const place of placesOf(node, into)) {
    if (into.hidden.has(place)) continue
    into.hidden.add(place)
    if (isMap(place)) for (const { value } of place.items) hide(value, into)
    else if (isSeq(place)) for (const item of place.items) hide(item, into)
    else if (place.value !== null && place.value !== '' && !isSealed(place.value))
      into.spans.push(...spanOf(into.text, place))
  }
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
