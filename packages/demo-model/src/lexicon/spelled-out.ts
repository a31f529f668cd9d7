import { distance } from './distance.ts'
import { isOfLexicon, isSmall } from './lexicon.ts'

/** Words that turn an order into something else; a slip of the finger must not hide one. */
const turning = `should shall would could might must ought never don't suppose imagine assume hypothetically unless
  perhaps maybe please forget taking taken wonder whether yesterday according runbook`.split(/\s+/)

/**
 * A message in lower case, with plain apostrophes, and with those words put right that are one slip away from a verb of a
 * change, or from a word that turns an order into something else.
 */
export function spelledOut(message: string, verbs: readonly ReadonlySet<string>[], names: ReadonlySet<string>): string {
  const right = [...turning, ...verbs.flatMap((set) => [...set].flatMap(formsOf))]
  const known = new Set(right)
  const text = message.toLowerCase().replaceAll(/[’`´]/g, "'").replaceAll(/\s+/g, ' ').trim()
  return text.replaceAll(/[a-z0-9]+(?:['./_-][a-z0-9]+)*/g, (word) => {
    if (word.length < 4 || /[^a-z']/.test(word) || known.has(word) || names.has(word) || isSmall(word)) return word
    if (isOfLexicon(word)) return word
    return right.find((candidate) => candidate.length >= 5 && distance(candidate, word, 1) === 1) ?? word
  })
}

function formsOf(verb: string): string[] {
  const base = verb.replace(/e$/, '')
  const doubled = /[^aeiou][aeiou][bdgkmnprt]$/.test(verb) && verb.length <= 4 ? `${verb}${verb.at(-1)}` : base
  return [verb, `${doubled}ing`, `${doubled}ed`]
}
