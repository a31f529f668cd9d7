import { likeness } from '../cluster/match-names.ts'
import type { Intent } from '../words/intent.ts'
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
export function askedIn({ understood, focus, survey }: Request): Known | { words: readonly string[] } {
  const { intent, isPlain, unknown, asked, tokens, tellsOfTrouble } = understood
  if (intent === 'about' || intent === 'other') return { words: [] }
  const fit = focus.objects.filter(({ score }) => score >= NEAR)
  const named = [...focus.namespaces, ...fit.map(({ ref }) => ref.name)]
  const isName = (word: string) => named.some((name) => likeness(word.replace(/^.*\//, ''), name) >= NEAR)
  const strange = [...new Set(unknown)].filter((word) => !isName(word) && ownWords[intent]?.test(word) !== true)
  const isTale = named.length > 0 && isPlain && tellsOfTrouble
  const words = isTale ? strange.filter((word) => asked.has(word)) : strange
  const isSaidByPlan = isPlain && ['logs', 'history'].includes(intent)
  const isStranger = (word: string) => word === focus.stranger || word === focus.elsewhere
  if (!survey.isPart && !isSaidByPlan && !words.every(isStranger)) return { words }
  if (intent !== 'unclear') return intent
  const isBare = tokens.every(({ text }) => isName(text) || aroundName.test(text) || understood.known.has(text))
  return isBare && (named.length > 0 || survey.isPart) ? 'diagnose' : { words: [] }
}
