import type { Concept } from './lexicon.ts'
import type { NumberChange } from './numbers.ts'
import type { Token } from './tokens.ts'

export type Intent =
  | 'diagnose'
  | 'describe'
  | 'list'
  | 'logs'
  | 'events'
  | 'history'
  | 'scale'
  | 'restart'
  | 'undo'
  | 'set-image'
  | 'delete'
  | 'cordon'
  | 'usage'
  | 'cluster'
  /** Who answers, and what it can do. */
  | 'about'
  /** No word tells: it is for us when something in the cluster is called so. */
  | 'unclear'
  | 'other'

/** What the words of a question say, before it is known what is asked for. */
export type Heard = {
  tokens: readonly Token[]
  kind: string | undefined
  images: readonly string[]
  numbers: readonly number[]
  change: NumberChange | undefined
  isCount: boolean
  has(concept: Concept): boolean
}

/** What a question asks for, as far as its words tell. */
export function intentOf(question: string, heard: Heard): Intent {
  const { has, kind, images, numbers, change, isCount, tokens } = heard
  const asksWhy = has('why') || /\bwhat(?:'s| is| was)? (?:wrong|going on|up with|the matter)\b/i.test(question)
  const wantsTo = (base: RegExp) => !asksWhy && asked(question, base)
  if (isAboutUs(question)) return 'about'
  if (has('other') || isLesson(question)) return 'other'
  if (isToWrite(question) && images.length === 0) return 'other'
  if (has('cordon') && /\bnodes?\b|\bcordon|\buncordon/i.test(question)) return 'cordon'
  if (has('not_ours') && !has('trouble') && !asksWhy) return 'other'
  const isAboutImages = images.length > 0 && (has('image') || has('change'))
  if (isAboutImages && !asksWhy && (has('change') || /\bgive (?!me\b|us\b)/i.test(question))) return 'set-image'
  if (
    wantsTo(
      /roll(?:ing)?[- ]?back|roll \S+(?: \S+)? back|revert|undo|back ?out|go(?:ing)? back to|previous (?:version|revision|release)/,
    )
  )
    return 'undo'
  if (
    wantsTo(/restart|reboot|bounce|recycle|relaunch|redeploy|kick/) &&
    !/\brestart(?:s|ed|ing)\b|\bkeeps?\b/i.test(question)
  ) {
    return 'restart'
  }
  if (
    !isCount &&
    !asksWhy &&
    (isStop(question) || change !== undefined || !has('trouble') || has('change') || has('scale'))
  ) {
    if (asksForNumber(question, { has, numbers, change })) return 'scale'
  }
  if (wantsTo(/delete|remove|destroy|purge|erase|drop|nuke|kill|get rid of/)) return 'delete'
  const isTroubled = has('trouble') || asksWhy || has('fix') || isNegated(question)
  if (asksForLogs(question, has('logs'), isTroubled)) return 'logs'
  if (/\b(?:usage|consum\w*|utili[sz]ation)\b|\bhow much (?:cpu|memory|ram)\b/i.test(question)) return 'usage'
  if (!isTroubled && isAboutThePast(question)) return 'history'
  if (isTroubled) return 'diagnose'
  if (
    /\b(?:which|what)(?:'s| is)?\b.*\bcluster\b|\b(?:server|kubernetes|k8s) version\b/i.test(question) &&
    kind === undefined
  ) {
    return 'cluster'
  }
  if (has('events') && kind !== 'pods') return 'events'
  if (has('describe')) return 'describe'
  if (
    isCount ||
    (kind !== undefined &&
      (has('list') || /\b(?:what|which|all|every|any|get|give|read|how (?:old|long|big|large|full))\b/i.test(question)))
  )
    return 'list'
  if (has('image') && /\b(?:what|which)\b/i.test(question)) return 'list'
  if (/\bwhat(?:'s| is| are)?\b.*\b(?:running|deployed|installed)\b/i.test(question)) return 'list'
  if (has('create') || isOtherChange(question)) return 'other'
  if (has('health') || has('people') || has('change_of_late')) return 'diagnose'
  if (kind !== undefined) return 'list'
  if (/\b(?:cluster|namespace|kubernetes|k8s|things?|everything|anything|something)\b/i.test(question))
    return 'diagnose'
  return tokens.some(({ text }) => /[a-z]{3}/.test(text)) ? 'unclear' : 'other'
}

/** A verb as a request: at the start, behind "please" or "can you", and not told of or forbidden. */
function asked(question: string, verb: RegExp): boolean {
  const found = new RegExp(`\\b(?:${verb.source})\\b`, 'i').exec(question)
  if (found === null) return false
  const before = question.slice(Math.max(0, found.index - 40), found.index).toLowerCase()
  return (
    !/\b(?:don'?t|do not|never|without|not|no|did|does|who|was|were|has|have|had|got|it|they|after|since|the|a|last)\s+(?:\w+\s+)?$/.test(
      before,
    ) ||
    /\b(?:could|can|would|will|please|must|should|want you to|need you to)\s+(?:you\s+)?(?:please\s+)?$/.test(before)
  )
}

const politely = String.raw`^\W*(?:(?:please|can you|could you|would you)\s+)*`

/** "Stop the mailer", "shut down web": as many as none. */
export function isStop(question: string): boolean {
  return new RegExp(String.raw`${politely}(?:stop|shut ?down|turn off|switch off)\b`, 'i').test(question)
}

/** Something is to be made that was not there: a program, a text, a script. */
function isToWrite(question: string): boolean {
  return new RegExp(String.raw`${politely}(?:deploy|install|create|expose|write|generate|invent)\b`, 'i').test(question)
}

/** A change that is none of those that are known: of a port, a label, a variable. */
function isOtherChange(question: string): boolean {
  const verbs = 'set|change|update(?! (?:me|us))|upgrade|add|edit|label|annotate|patch|rename|move|apply'
  return new RegExp(String.raw`${politely}(?:${verbs})\b`, 'i').test(question)
}

function asksForNumber(question: string, { has, numbers, change }: Pick<Heard, 'has' | 'numbers' | 'change'>): boolean {
  if (isStop(question) || asked(question, /scale|upscale|downscale|resize/)) return true
  if (change?.by === 'times' && new RegExp(String.raw`${politely}(?:double|triple|halve)\b`, 'i').test(question))
    return true
  if (numbers.length > 0 && /\b(?:make|ensure|want|need|should|give)\b.*\bpods\b/i.test(question)) return true
  if (has('replicas')) {
    const isOrder =
      !has('trouble') ||
      has('change') ||
      has('more') ||
      has('fewer') ||
      /\b(?:run|give|want|need|have|go to)\b/i.test(question)
    return isOrder && (numbers.length > 0 || change !== undefined)
  }
  // "Bring web to three": a number that is a number of nothing else.
  const isOfSomethingElse =
    /\b(?:memory|ram|cpus?|cores?|limits?|requests?|ports?|timeouts?|revisions?|seconds?|minutes?)\b/i
  return (
    numbers.length > 0 &&
    asked(question, /bring|set|put|take|make|go|move|change/) &&
    /\bto \w+\W*(?:$|please|in\b)/i.test(question) &&
    !has('trouble') &&
    !isOfSomethingElse.test(question)
  )
}

function asksForLogs(question: string, has: boolean, isTroubled: boolean): boolean {
  if (has) {
    return !isTroubled || /\b(?:show|print|get|give|tail|read|see|fetch|display|last)\b/i.test(question)
  }
  return !isTroubled && /\btail\b|\blines? of\b|\bwhat \S+ (?:writes|says|logs)\b/i.test(question)
}

/** "When was web deployed", "the revisions of web". */
function isAboutThePast(question: string): boolean {
  return (
    /\bwhen\b.*\b(?:deployed|released|rolled out|changed|updated|upgraded|edited)\b/i.test(question) ||
    /\b(?:roll-?out history|history of|revisions? (?:of|does|has|are))\b/i.test(question)
  )
}

/** Something is not as it should be, in so many words: "cannot", "does not", "no longer". */
function isNegated(question: string): boolean {
  return /\b(?:not|never|cannot|nobody|nothing|unable|without|no (?:longer|one|more))\b|n't\b|\b(?:cant|wont|dont|doesnt|dosent|isnt|arent|didnt|hasnt)\b/i.test(
    question,
  )
}

/** Questions about what answers them, and what is said to it out of politeness. */
function isAboutUs(question: string): boolean {
  return (
    /\b(?:(?:real|other|language|which|what|connect|use|ai) (?:\w+ )?(?:model|llm)|who are you|what are you|what can you)\b/i.test(
      question,
    ) ||
    /\b(?:system prompt|(?:your|previous|above) (?:prompt|instructions?))\b/i.test(question) ||
    /^\W*(?:hi|hello|hey|hallo|help|thanks?|thank you|thx|good (?:morning|evening|day|afternoon)|bye)(?:\s+(?:there|you|a lot|so much|very much|me))?\W*$/i.test(
      question,
    )
  )
}

/** Questions about Kubernetes in general, and not about a cluster. */
function isLesson(question: string): boolean {
  return (
    /\bwhat(?:'s| is| are) (?:a|an|the difference)\b/i.test(question) ||
    /\bhow (?:do|does|can|would|to)\b.*\b(?:work|works|learn|write|install|create)\b/i.test(question) ||
    /\b(?:best practices?|tutorial|teach me|difference between|what does \w+ mean)\b/i.test(question)
  )
}
