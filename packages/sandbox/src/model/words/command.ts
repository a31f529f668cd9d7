import { actionOf } from './command-action.ts'
import { wordsBehind } from './command-words.ts'
import { lexemesOf } from './lexemes.ts'
import { verbAt } from './verbs.ts'
import { withoutCourtesy } from './without-courtesy.ts'

export type Action =
  | 'scale'
  | 'restart'
  | 'undo'
  | 'set-image'
  | 'delete'
  | 'create'
  | 'cordon'
  | 'uncordon'
  | 'pause'
  | 'resume'
  | 'set-resource'
  | 'set-variable'

/** What a change sets: only what its action has. */
export type Value = {
  replicas?: { to: number } | { by: number } | { times: number }
  image?: string
  revision?: number
  resource?: { bound: 'limits' | 'requests'; name: 'cpu' | 'memory'; quantity: string }
  variable?: { name: string; value: string }
}

/** One thing that is to be changed, as it is named. */
export type Target = {
  /** Words in the place of a name. */
  names: readonly string[]
  /** Named before: "it". */
  isPronoun: boolean
  /** None is named, but a kind of them, or all. */
  isAll: boolean
  kind: string | undefined
  /** A container of it. */
  container: string | undefined
  value: Value
}

/** An order that was understood to its last word. */
export type Command = {
  action: Action
  targets: readonly Target[]
  /** Words in the place of a namespace, for all targets. */
  places: readonly string[]
}

/** What begins as an order, with the words that were not understood. */
export type HalfUnderstood = { verb: string; words: readonly string[] }

/**
 * Reads a clause as an order: a verb that orders, then nothing but what the change needs. A question, a condition, a
 * report and a refusal begin otherwise, or hold a word that has no place in an order. Undefined when it is none.
 * @param names of the cluster's objects and namespaces: such a word is a name, whatever else it means
 */
export function commandIn(clause: string, names: ReadonlySet<string>): Command | HalfUnderstood | undefined {
  const { lexemes, isQuestion, isQuoted } = lexemesOf(clause)
  const { words, isAsked, isGerund, place } = withoutCourtesy(lexemes)
  if (idioms.test(words.map(({ text }) => text).join(' '))) return undefined
  const verb = verbAt(words, isGerund)
  if (verb === undefined) return undefined
  if (isQuestion && !isAsked) return undefined
  if (isQuoted) return { verb: verb.text, words: ['the words in quotation marks'] }
  const read = wordsBehind(words.slice(verb.length), names)
  const built = actionOf(verb, read)
  if ('words' in built) return { verb: verb.text, words: built.words }
  const places = [...(place === undefined ? [] : [place.text]), ...read.places]
  return { ...built, places }
}

/** These begin with a verb that sets something, and ask for something to be told or mended. */
const idioms =
  /^(?:(?:give|update|put) (?:me|us)\b|take (?:a|another) (?:\w+ )?look|run (?:a |some )?(?:\w+ )?(?:checks?\b|diagnos)|bring .*\bback\b(?! to)|move on|use(?:d)? to\b)/

export function isCommand(heard: Command | HalfUnderstood | undefined): heard is Command {
  return heard !== undefined && 'action' in heard
}
