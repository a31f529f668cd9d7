import { distance } from '../lexicon/distance.ts'
import { stem } from '../lexicon/stem.ts'
import type { Token } from '../lexicon/tokens.ts'

const NEAR = 0.85
const LEAST = 0.6

/** How well a word of a question fits a name: 0 not at all, 1 letter by letter. */
export function likeness(word: string, name: string): number {
  if (word === name) return 1
  const plain = name.replaceAll(/[-._]/g, '')
  if (word === plain || word.replaceAll(/[-._ ]/g, '') === plain) return 0.95
  if (nearOf(word, name) || nearOf(word, plain)) return NEAR
  const parts = name.split(/[-._]/).filter((part) => part.length >= 3 && !common.has(part))
  const best = Math.max(0, ...parts.map((part) => partLikeness(word, part)))
  return best
}

/** Parts that many names have. */
const common = new Set([
  'svc',
  'service',
  'app',
  'deployment',
  'deploy',
  'prod',
  'staging',
  'dev',
  'test',
  'the',
  'srv',
])

function partLikeness(word: string, part: string): number {
  if (word === part || stem(word) === stem(part)) return 0.8
  if (nearOf(word, part)) return 0.65
  const [short, long] = word.length < part.length ? [stem(word), part] : [stem(part), word]
  return short.length >= 3 && long.startsWith(short) && short.length / long.length >= 0.4 ? 0.6 : 0
}

function nearOf(word: string, name: string): boolean {
  const length = Math.min(word.length, name.length)
  const most = length >= 9 ? 2 : length >= 5 ? 1 : 0
  return most > 0 && distance(word, name, most) <= most
}

/** The words themselves, and each two neighbours as one: `check out` is `checkout`, and `front end` is `front-end`. */
export function wordsAndPairs(tokens: readonly Token[]): string[] {
  return [
    ...tokens.map(({ text }) => text.replace(/^.*\//, '')),
    ...tokens.slice(1).map(({ text }, index) => `${tokens[index]?.text ?? ''}${text}`),
  ]
}

type Matching<T> = {
  nameOf(thing: T): string
  /** Words that mean something by themselves: they fit only letter by letter. */
  known?: ReadonlySet<string>
}

const EXACT = 0.8

/** Things with how well the best word fits their names, best first; what fits badly is left out. */
export function bestMatches<T>(
  words: readonly string[],
  things: readonly T[],
  { nameOf, known }: Matching<T>,
): { thing: T; score: number }[] {
  const fitness = (word: string, name: string) => {
    const score = likeness(word, name)
    return known?.has(word) && (score < EXACT || score === NEAR) ? 0 : score
  }
  return things
    .map((thing) => ({ thing, score: Math.max(0, ...words.map((word) => fitness(word, nameOf(thing)))) }))
    .filter(({ score }) => score >= LEAST)
    .toSorted((a, b) => b.score - a.score)
}
