import { likeness } from '../cluster/match-names.ts'
import type { Intent } from '../understanding/intent.ts'
import type { Focus } from './focus.ts'
import type { Request } from './request.ts'

export type Known = Exclude<Intent, 'about' | 'other' | 'unclear'>

/** How well a word must fit a name to be understood as one. */
const NEAR = 0.65
/** Words that belong to one thing that is asked for. */
const ownWords: Readonly<Partial<Record<Intent, RegExp>>> = {
  usage: /^(?:cpu|memory|ram|processor|usage|use[sd]?|using|takes?|eats?|consum\w*|utili[sz]ation)$/,
  'recent-changes': /^(?:approved|released?|releases|touched|edited|made|rollouts?|roll-outs?)$/,
  cluster: /^(?:server|connected|talking|looking)$/,
}
/** Beside a name, these say only that it is one, and where. */
const aroundName = /^(?:the|a|an|my|our|in|of|at|on|for|to|from|inside|namespace|ns|please|hey|hi|hello|and)$/

/**
 * What is asked for; or the words that are not understood. Of a question all words have to be understood. Who tells at
 * length of trouble with something that is here may use others; a word that stands where its name would is none of them.
 */
export function knownIntentOf(request: Request): Known | { words: readonly string[] } {
  const { understood, focus, survey } = request
  const { intent, isPlain, tokens } = understood
  if (intent === 'about' || intent === 'other') return { words: [] }
  const named = namedIn(focus)
  const words = unknownWords(request)
  const isSaidByPlan = isPlain && ['logs', 'history'].includes(intent)
  const isStranger = (word: string) => word === focus.stranger || word === focus.elsewhere
  if (!survey.isPart && !isSaidByPlan && !words.every(isStranger)) return { words }
  if (intent !== 'unclear') return intent
  const isBare = tokens.every(({ text }) => isOneOf(named, text) || aroundName.test(text) || understood.known.has(text))
  return isBare && (named.length > 0 || survey.isPart) ? 'diagnose' : { words: [] }
}

/** The words that have to be understood, and are not. */
export function unknownWords({ understood, focus }: Request): string[] {
  const { intent, isPlain, unknown, questionWords, tellsOfTrouble } = understood
  const named = namedIn(focus)
  const strange = [...new Set(unknown)].filter((word) => !isOneOf(named, word) && ownWords[intent]?.test(word) !== true)
  const isTale = named.length > 0 && isPlain && tellsOfTrouble
  return isTale ? strange.filter((word) => questionWords.has(word)) : strange
}

function namedIn({ namespaces, objects }: Focus): string[] {
  return [...namespaces, ...objects.filter(({ score }) => score >= NEAR).map(({ ref }) => ref.name)]
}

/** Whether a word is one of these names, as far as it must be to be understood so. */
export function isOneOf(names: readonly string[], word: string): boolean {
  return names.some((name) => likeness(word.replace(/^.*\//, ''), name) >= NEAR)
}
