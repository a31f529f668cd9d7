import type { Command, HalfUnderstood } from './command.ts'
import { actionOf } from './command-action.ts'
import { wordsBehind } from './command-words.ts'
import { kubectlLine } from './kubectl-line.ts'
import { type Lexeme, lexemesOf } from './lexemes.ts'
import type { WordsBehind } from './segment.ts'
import { verbAt } from './verbs.ts'
import { withoutCourtesy } from './without-courtesy.ts'

/**
 * Reads a clause as an order: a verb that orders, then nothing but what the change needs. A question, a condition, a
 * report and a refusal begin otherwise, or hold a word that has no place in an order. Undefined when it is none.
 * @param names of the cluster's objects and namespaces: such a word is a name, whatever else it means
 */
export function readCommand(clause: string, names: ReadonlySet<string>): Command | HalfUnderstood | undefined {
  const { lexemes, isQuestion, isQuoted, stray } = lexemesOf(clause)
  const { words, isPolite, isGerund, place } = withoutCourtesy(lexemes)
  const typed = isQuestion && !isPolite ? undefined : kubectlLine(words, names)
  if (typed !== undefined) {
    const odd = [...stray, ...(place === undefined ? [] : [place.raw]), ...('words' in typed ? typed.words : [])]
    return 'words' in typed || odd.length > 0
      ? { verb: 'words' in typed ? typed.verb : typed.action, words: odd }
      : typed
  }
  if (idioms.test(words.map(({ text }) => text).join(' '))) return undefined
  const verb = verbAt(words, isGerund)
  if (verb === undefined) return undefined
  if (isQuestion && !isPolite) return undefined
  if (isQuoted) return { verb: verb.text, words: ['the words in quotation marks'] }
  const read = wordsBehind(words.slice(verb.length), names)
  const built = actionOf(verb, read)
  const odd = [...stray, ...marksOf(words.slice(0, verb.length)), ...('words' in built ? built.words : [])]
  if ('words' in built || odd.length > 0) {
    return { verb: verb.text, words: [...new Set([...odd, ...unknownNamesIn(read, names)])] }
  }
  if (built.action === 'create-namespace') {
    const [only] = built.targets
    if (place !== undefined || only === undefined) return { verb: verb.text, words: [place?.raw ?? ''] }
    return { ...built, targets: [{ ...only, names: read.places }], places: [] }
  }
  const places = [...(place === undefined ? [] : [place.text]), ...read.places]
  return { ...built, places }
}

/** These begin with a verb that sets something, and ask for something to be told or mended. */
const idioms =
  /^(?:(?:give|update|put) (?:me|us)\b|take (?:a|another) (?:\w+ )?look|run (?:a |some )?(?:\w+ )?(?:checks?\b|diagnos)|bring .*\bback\b(?! to)|move on|use(?:d)? to\b)/

/** "Restart: web" is a title. */
function marksOf(verb: readonly Lexeme[]): string[] {
  return verb.flatMap(({ raw, after }) => (after === '' ? [] : [`${raw}${after}`]))
}

/** What has the place of a name, beside those that are known: the first of a target may be a new or a rare one. */
function unknownNamesIn({ segments }: WordsBehind, names: ReadonlySet<string>): string[] {
  return segments.flatMap((segment, nth) => {
    const strange = segment.names.filter((name) => !names.has(name.replace(/^.*\//, '')))
    return nth === 0 && strange.length === segment.names.length ? strange.slice(1) : strange
  })
}
