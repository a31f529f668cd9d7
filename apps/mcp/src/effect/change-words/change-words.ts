import type { Change, ObjectRef } from '@fairlead/contract/effect/effect'
import { nameUnder } from '@fairlead/contract/effect/element-name'
import { readablePath } from '@fairlead/contract/effect/readable-path'
import { pointerOf, tokensOf, valueAt } from '@fairlead/contract/json/json-pointer'
import { nameForPeople } from '../effect-object.ts'
import { isRecord } from '../is-record.ts'
import type { ShownChanges } from './shown-changes.ts'
import { fromTo, quoted, shownValue } from './shown-value.ts'
import { variableWords } from './variable-words.ts'

const MAX_SENTENCES = 2

/** What an update does, in the words of a person and in one line: "Scale web 3 → 5 in shop". */
export function changeWords(of: ShownChanges): string {
  const sentences = [...new Set(of.changes.flatMap((change) => sentencesOf(change, of)))]
  const listed = sentences.slice(0, sentences.length > MAX_SENTENCES + 1 ? MAX_SENTENCES : MAX_SENTENCES + 1)
  const more = sentences.length - listed.length
  const [first = '', ...rest] = listed
  const line = [first, ...rest.map((each) => each.charAt(0).toLowerCase() + each.slice(1))].join('; ')
  return more === 0 ? line : `${line}; and ${more} more changes`
}

function sentencesOf(change: Change, of: ShownChanges): string[] {
  const tokens = tokensOf(change.path)
  return (
    containerSentences(change, tokens, of) ??
    replicaSentence(change, of.ref) ??
    entrySentence(change, tokens, of.ref) ?? [
      `Change ${fieldWords(change.path, of)} of ${nameForPeople(of.ref)}${fromTo(change)}`,
    ]
  )
}

function replicaSentence({ path, before, after }: Change, { name, namespace }: ObjectRef): string[] | undefined {
  if (path !== '/spec/replicas') return undefined
  return [`Scale ${name} ${scaleWords(before, after)}${namespace === undefined ? '' : ` in ${namespace}`}`]
}

export function scaleWords(before: unknown, after: unknown): string {
  return `${before ?? 'unset'} → ${after ?? 'unset'}`
}

const lists = new Set(['containers', 'initContainers', 'ephemeralContainers'])

/** Of what lies in a container, or is one. */
function containerSentences(change: Change, tokens: readonly string[], of: ShownChanges): string[] | undefined {
  const depth = tokens.findLastIndex((token) => lists.has(token)) + 1
  if (depth === 0 || depth >= tokens.length) return undefined
  const at = pointerOf(tokens.slice(0, depth + 1))
  const found = valueAt(of.shown, at)
  const known = of.elements[at]?.name ?? (isRecord(found) ? nameUnder(found, 'name') : undefined)
  const name = typeof known === 'string' ? quoted(known) : tokens[depth]
  const where = nameForPeople(of.ref)
  const rest = tokens.slice(depth + 1)
  if (rest.length === 0) {
    const image = isRecord(change.after) ? ` (${shownValue(change.after.image)})` : ''
    if (change.before === undefined) return [`Add container ${name}${image} to ${where}`]
    return [`${change.after === undefined ? 'Remove' : 'Replace'} container ${name} of ${where}`]
  }
  const container = `container ${name} (${where})`
  return (
    (rest[0] === 'env' ? variableWords(change, rest, { container, shown: of.shown }) : undefined) ?? [
      `${fieldChange(change, rest, { container, elements: of.elements })}${fromTo(change)}`,
    ]
  )
}

type Place = { container: string; elements: ShownChanges['elements'] }

function fieldChange({ path }: Change, rest: readonly string[], { container, elements }: Place): string {
  const [first, second, third] = rest
  if (first === 'image') return `Set the image of ${container}`
  if (first === 'resources' && third !== undefined && rest.length === 3) {
    return `Set the ${third} ${second === 'limits' ? 'limit' : 'request'} of ${container}`
  }
  // The element's own way is told by its name; what is left of the path is its field.
  const own = readablePath(pointerOf(tokensOf(path).slice(0, -rest.length)), elements)
  return `Change ${readablePath(path, elements).slice(own.length).replace(/^\./, '')} of ${container}`
}

const entryWords: Readonly<Record<string, string>> = {
  '/metadata/labels': 'label',
  '/metadata/annotations': 'annotation',
  '/spec/template/metadata/labels': 'pod label',
  '/spec/template/metadata/annotations': 'pod annotation',
  '/data': 'key',
  '/stringData': 'key',
  '/binaryData': 'key',
}

/** Of one entry of a map whose entries have names of their own. */
function entrySentence(change: Change, tokens: readonly string[], ref: ObjectRef): string[] | undefined {
  const word = entryWords[pointerOf(tokens.slice(0, -1))]
  const isOfData = word === 'key'
  if (word === undefined || (isOfData && ref.kind !== 'ConfigMap' && ref.kind !== 'Secret')) return undefined
  const key = quoted(tokens.at(-1) ?? '')
  const object = nameForPeople(ref)
  if (change.after === undefined) return [`Remove ${word} ${key} from ${object}`]
  return [`Set ${word} ${key} ${isOfData ? 'in' : 'of'} ${object}${fromTo(change)}`]
}

/** A path as part of a sentence: without the words that every object has. */
function fieldWords(path: string, { elements }: ShownChanges): string {
  return readablePath(path, elements).replace(/^spec\./, '')
}
