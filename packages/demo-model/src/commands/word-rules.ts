import { isImage } from '../lexicon/is-image.ts'
import { kindOf } from '../lexicon/kinds.ts'
import { conceptsOf, isSmall } from '../lexicon/lexicon.ts'
import { numberIn } from '../lexicon/numbers.ts'
import { stem } from '../lexicon/stem.ts'
import type { Lexeme } from './lexemes.ts'
import { type Lead, newSegment, type Segment, type WordsBehind } from './segment.ts'

const fillers = new Set('the a an my our of on at in inside within from for to by with its called named'.split(' '))
const joiners = new Set(['and', '&', 'plus'])
const pronouns = new Set(['it', 'that', 'this', 'them', 'these', 'those'])

/** What may stand between a value and the word that says what it is: "to version 2". */
const labels = new Set(['called', 'named', 'version', 'revision', 'release', 'tag', 'image'])

/** Each with the word that stands for it. */
const special = new Map(
  Object.entries({
    replicas: 'replica replicas instance instances copy copies number count total',
    up: 'up out',
    down: 'down',
    off: 'off',
    back: 'back',
    version: 'version release',
    image: 'image tag',
    as: 'as',
    earlier: 'previous prior earlier last latest before one',
    rollout: 'rollout roll-out rollouts change update upgrade',
    revision: 'revision',
    again: 'again',
    all: 'all every everything',
    cpu: 'cpu processor',
    memory: 'memory ram',
    limits: 'limit limits',
    requests: 'request requests',
    variable: 'variable env environment',
  }).flatMap(([name, words]) => words.split(' ').map((word) => [word, name] as const)),
)

export type Around = {
  words: readonly Lexeme[]
  at: number
  segment: Segment
  read: WordsBehind
  names: ReadonlySet<string>
}

/** A word with what stands beside it. */
type Placed = {
  word: Lexeme
  previous: string
  next: string
  /** What the word before a value says of it. */
  by: Lead
  /** It is a name of the cluster, whatever else it means. */
  isName: boolean
  segment: Segment
  read: WordsBehind
}

/** Puts a word where it belongs and answers how many more words went with it; undefined when this is not its place. */
type WordRule = (placed: Placed) => number | undefined

const placeJoiner: WordRule = ({ word, segment, read }) => {
  if (!joiners.has(word.text)) return undefined
  if (segment.names.length > 0) read.segments.push(newSegment())
  else read.unknown.push(word.raw)
  return 0
}

const placeVariable: WordRule = ({ word: { raw }, previous, isName, segment, read }) => {
  const isVariable = /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(raw) && raw.length > 2 && /[_]|^[A-Z]{4,}$/.test(raw)
  if (!isVariable || isName) return undefined
  if (segment.variable === undefined) segment.variable = raw
  else if (previous === 'to' && segment.value === undefined) segment.value = raw
  else read.unknown.push(raw)
  return 0
}

/** `NAME=value`. */
const placeAssignment: WordRule = ({ word, segment }) => {
  const assigned = /^([A-Z][A-Z0-9_]*)=(\S+)$/.exec(word.raw)
  if (assigned === null || segment.variable !== undefined) return undefined
  segment.variable = assigned[1]
  segment.value = assigned[2]
  return 0
}

const placeVariableValue: WordRule = ({ word, previous, segment }) => {
  if (segment.variable === undefined || segment.value !== undefined || previous !== 'to') return undefined
  segment.value = word.raw
  return 0
}

const placeKnownName: WordRule = (placed) => {
  if (!placed.isName) return undefined
  addName(placed)
  return 0
}

const placeNamespaceWord: WordRule = ({ word }) => (/^(?:namespace|ns)$/.test(word.text) ? 0 : undefined)

const placeNumber: WordRule = ({ word: { text }, previous, by, segment }) => {
  const count = /^(?:replicas=)?\d+$/.test(text) || !/\d/.test(text) ? numberIn(text) : undefined
  const isPronoun = text === 'one' && /^(?:previous|prior|last|earlier)$/.test(previous)
  if (count === undefined || isPronoun) return undefined
  segment.amounts.push({ count, by })
  return 0
}

const placeQuantity: WordRule = ({ word: { raw }, by, segment }) => {
  if (!/^\d+(?:\.\d+)?(?:m|[KMGT]i?)$/i.test(raw) || !/[a-z]$/i.test(raw)) return undefined
  segment.quantities.push({ text: raw.replace(/[kmgt]i$/i, (unit) => `${unit[0]?.toUpperCase()}i`), by })
  return 0
}

const placeComparative: WordRule = ({ word: { text, raw }, previous, segment, read }) => {
  if (!/^(?:more|extra|additional|fewer|less|another)$/.test(text)) return undefined
  const isOne = text === 'another' || /^(?:a|an)$/.test(previous)
  if (isOne) segment.amounts.push({ count: 1, by: 'more' })
  else if (numberIn(previous) === undefined) read.unknown.push(raw)
  return 0
}

const placeSpecial: WordRule = ({ word: { text, raw }, previous, read }) => {
  // "Before the update" may say when; "the version before" says which.
  if (text === 'before' && previous !== 'to' && !labels.has(previous)) {
    read.unknown.push(raw)
    return 0
  }
  const meaning = special.get(text)
  if (meaning === undefined) return undefined
  read.special.add(meaning)
  return 0
}

const placeContainer: WordRule = ({ word, next, segment }) => {
  if (word.text !== 'container') return undefined
  if (/^[a-z]/.test(next) && !fillers.has(next)) segment.container = next
  else if (segment.names.length > 0) segment.container = segment.names.pop()
  return segment.container === next ? 1 : 0
}

const placeFiller: WordRule = ({ word: { text }, next, segment }) => {
  if (/^an?$/.test(text) && special.get(next) === 'replicas') segment.amounts.push({ count: 1, by: 'more' })
  return fillers.has(text) ? 0 : undefined
}

const placePronoun: WordRule = ({ word, segment }) => {
  if (!pronouns.has(word.text)) return undefined
  segment.isPronoun = true
  return 0
}

const placeKind: WordRule = ({ word: { text }, segment }) => {
  const kind = kindOf({ text, stem: stem(text) })
  if (kind === undefined) return undefined
  segment.kinds.push(kind)
  segment.isPlural ||= text === kind
  return 0
}

const placeImage: WordRule = ({ word: { raw }, previous, by, segment }) => {
  if (!isImage(raw) && !isTag(raw, previous)) return undefined
  segment.images.push({ text: raw, by })
  return 0
}

/** What is left is a new or a rare name, or a word that has no place in an order. */
const placeRest = (placed: Placed): number => {
  const { text, raw } = placed.word
  const isWord = isSmall(text) || conceptsOf({ text, stem: stem(text) }).size > 0
  if (isWord || !/^[a-z0-9](?:[a-z0-9._/-]*[a-z0-9])?$/.test(text)) placed.read.unknown.push(raw)
  else addName(placed)
  return 0
}

/** The first that has a place for a word keeps it, so their order is the grammar. */
const wordRules: readonly WordRule[] = [
  placeJoiner,
  placeVariable,
  placeAssignment,
  placeVariableValue,
  placeKnownName,
  placeNamespaceWord,
  placeNumber,
  placeQuantity,
  placeComparative,
  placeSpecial,
  placeContainer,
  placeFiller,
  placePronoun,
  placeKind,
  placeImage,
]

/** Puts a word where it belongs; the answer is how many more words went with it. */
export function placeWord(word: Lexeme, { words, at, segment, read, names }: Around): number {
  const back = /^(?:called|named)$/.test(words[at - 1]?.text ?? '') ? 2 : 1
  const [previous = '', next = ''] = [words[at - back]?.text, words[at + 1]?.text]
  const by = leadOf(words.slice(0, at).findLast(({ text }) => !labels.has(text))?.text ?? '', next)
  const placed = { word, previous, next, by, isName: names.has(word.text), segment, read }
  for (const rule of wordRules) {
    const more = rule(placed)
    if (more !== undefined) return more
  }
  return placeRest(placed)
}

/** A name: of a namespace where a word beside it says so. */
function addName({ word, previous, next, segment, read }: Placed): void {
  const isPlace = /^(?:namespace|ns)$/.test(previous) || /^(?:namespace|ns)$/.test(next)
  if (isPlace) read.places.push(word.text)
  else segment.names.push(word.text)
}

function leadOf(before: string, next: string): Lead {
  if (/^(?:more|extra|additional)$/.test(next)) return 'more'
  if (/^(?:fewer|less)$/.test(next)) return 'fewer'
  return before === 'to' || before === 'by' || before === 'from' || before === 'of' ? before : 'plain'
}

/** A tag by itself, where the word before it says so. */
function isTag(word: string, previous: string): boolean {
  return /^(?:to|tag|version|image)$/.test(previous) && /^(?:latest|stable|[\w][\w.-]*\d[\w.-]*)$/.test(word)
}
