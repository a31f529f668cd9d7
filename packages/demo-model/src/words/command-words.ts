import { isImage } from './is-image.ts'
import { kindOf } from './kinds.ts'
import type { Lexeme } from './lexemes.ts'
import { conceptsOf, isSmall } from './lexicon.ts'
import { numberIn } from './numbers.ts'
import { stem } from './stem.ts'

/** A number with the word before it that says what it is. */
export type Amount = { count: number; by: Lead }
/** An image or a quantity, with the same. */
export type Worded = { text: string; by: Lead }
export type Lead = 'to' | 'by' | 'from' | 'of' | 'more' | 'fewer' | 'plain'

/** What is said of one target, up to the comma or the "and" before the next one. */
export type Segment = {
  names: string[]
  kinds: string[]
  container: string | undefined
  amounts: Amount[]
  images: Worded[]
  quantities: Worded[]
  variable: string | undefined
  value: string | undefined
  isPronoun: boolean
  /** A kind was named as several: `deployments`. */
  isPlural: boolean
}

export type WordsBehind = {
  segments: Segment[]
  places: string[]
  /** Words that some changes have, and others do not: `replicas`, `down`, `revision`. */
  special: Set<string>
  /** What has no place in any order. */
  unknown: string[]
}

const fillers = new Set('the a an my our of on at in inside within from for to by with its called named'.split(' '))
/** Behind these, something is still to come. */
const dangling = new Set('of on at in inside within from for to by with called named and & plus'.split(' '))
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

/** Every word behind a verb, each in its place. */
export function wordsBehind(words: readonly Lexeme[], names: ReadonlySet<string>): WordsBehind {
  const read: WordsBehind = { segments: [newSegment()], places: [], special: new Set(), unknown: [] }
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    const segment = read.segments.at(-1)
    if (word === undefined || segment === undefined) break
    at += take(word, { words, at, segment, read, names })
    const isLast = at >= words.length - 1
    if (/[,;:]/.test(word.after) && !isLast && segment.names.length > 0) read.segments.push(newSegment())
    if (isLast && dangling.has(word.text) && !names.has(word.text)) read.unknown.push(word.raw)
  }
  return { ...read, segments: withNames(read.segments) }
}

/** What follows a comma and names nothing belongs to what was named before it. */
function withNames(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = []
  for (const segment of segments) {
    const before = merged.at(-1)
    if (before === undefined || segment.names.length > 0 || segment.isPronoun) merged.push(segment)
    else {
      before.kinds.push(...segment.kinds)
      before.amounts.push(...segment.amounts)
      before.images.push(...segment.images)
      before.quantities.push(...segment.quantities)
      before.variable ??= segment.variable
      before.value ??= segment.value
    }
  }
  return merged
}

type Around = {
  words: readonly Lexeme[]
  at: number
  segment: Segment
  read: WordsBehind
  names: ReadonlySet<string>
}

/** Puts a word where it belongs; the answer is how many more words went with it. */
function take(word: Lexeme, { words, at, segment, read, names }: Around): number {
  const { text, raw } = word
  const back = /^(?:called|named)$/.test(words[at - 1]?.text ?? '') ? 2 : 1
  const [previous = '', next = ''] = [words[at - back]?.text, words[at + 1]?.text]
  const by = leadOf(words.slice(0, at).findLast(({ text: word }) => !labels.has(word))?.text ?? '', next)
  const isName = names.has(text)
  if (joiners.has(text)) {
    if (segment.names.length > 0) read.segments.push(newSegment())
    else read.unknown.push(raw)
    return 0
  }
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/.test(raw) && raw.length > 2 && !isName && /[_]|^[A-Z]{4,}$/.test(raw)) {
    if (segment.variable === undefined) segment.variable = raw
    else if (previous === 'to' && segment.value === undefined) segment.value = raw
    else read.unknown.push(raw)
    return 0
  }
  const assigned = /^([A-Z][A-Z0-9_]*)=(\S+)$/.exec(raw)
  if (assigned !== null && segment.variable === undefined) {
    segment.variable = assigned[1]
    segment.value = assigned[2]
    return 0
  }
  if (segment.variable !== undefined && segment.value === undefined && previous === 'to') {
    segment.value = raw
    return 0
  }
  if (isName) {
    takeName(segment, read, { text, previous, next })
    return 0
  }
  if (/^(?:namespace|ns)$/.test(text)) return 0
  const count = /^(?:replicas=)?\d+$/.test(text) || !/\d/.test(text) ? numberIn(text) : undefined
  if (count !== undefined && !(text === 'one' && /^(?:previous|prior|last|earlier)$/.test(previous))) {
    segment.amounts.push({ count, by })
    return 0
  }
  if (/^\d+(?:\.\d+)?(?:m|[KMGT]i?)$/i.test(raw) && /[a-z]$/i.test(raw)) {
    segment.quantities.push({ text: raw.replace(/[kmgt]i$/i, (unit) => `${unit[0]?.toUpperCase()}i`), by })
    return 0
  }
  if (/^(?:more|extra|additional|fewer|less|another)$/.test(text)) {
    const isOne = text === 'another' || /^(?:a|an)$/.test(previous)
    if (isOne) segment.amounts.push({ count: 1, by: 'more' })
    else if (numberIn(previous) === undefined) read.unknown.push(raw)
    return 0
  }
  const meaning = special.get(text)
  // "Before the update" may tell when; "the version before" tells which.
  if (text === 'before' && previous !== 'to' && !labels.has(previous)) {
    read.unknown.push(raw)
    return 0
  }
  if (meaning !== undefined) {
    read.special.add(meaning)
    return 0
  }
  if (text === 'container') {
    if (/^[a-z]/.test(next) && !fillers.has(next)) segment.container = next
    else if (segment.names.length > 0) segment.container = segment.names.pop()
    return segment.container === next ? 1 : 0
  }
  if (/^an?$/.test(text) && special.get(next) === 'replicas') segment.amounts.push({ count: 1, by: 'more' })
  if (fillers.has(text)) return 0
  if (pronouns.has(text)) {
    segment.isPronoun = true
    return 0
  }
  const kind = kindOf({ text, stem: stem(text) })
  if (kind !== undefined) {
    segment.kinds.push(kind)
    segment.isPlural ||= text === kind
    return 0
  }
  if (isImage(raw) || isTag(raw, previous)) {
    segment.images.push({ text: raw, by })
    return 0
  }
  const isWord = isSmall(text) || conceptsOf({ text, stem: stem(text) }).size > 0
  if (isWord || !/^[a-z0-9](?:[a-z0-9._/-]*[a-z0-9])?$/.test(text)) read.unknown.push(raw)
  else takeName(segment, read, { text, previous, next })
  return 0
}

/** A name: of a namespace where a word beside it says so. */
function takeName(
  { names }: Segment,
  { places }: WordsBehind,
  { text, previous, next }: { text: string; previous: string; next: string },
): void {
  const isPlace = /^(?:namespace|ns)$/.test(previous) || /^(?:namespace|ns)$/.test(next)
  if (isPlace) places.push(text)
  else names.push(text)
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

function newSegment(): Segment {
  return {
    names: [],
    kinds: [],
    container: undefined,
    amounts: [],
    images: [],
    quantities: [],
    variable: undefined,
    value: undefined,
    isPronoun: false,
    isPlural: false,
  }
}
