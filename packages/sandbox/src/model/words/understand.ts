import { kindOf } from './kinds.ts'
import { type Concept, conceptsOf, isSmall } from './lexicon.ts'
import { type Token, tokensOf } from './tokens.ts'

export type Intent =
  | 'diagnose'
  | 'list'
  | 'logs'
  | 'events'
  | 'scale'
  | 'restart'
  | 'undo'
  | 'set-image'
  | 'delete'
  | 'cordon'
  | 'usage'
  | 'cluster'
  | 'other'

/** What a question asks for, as far as its words alone tell. Names are matched against the cluster later. */
export type Understood = {
  intent: Intent
  tokens: readonly Token[]
  /** A kind that is named, such as `pods`. */
  kind: string | undefined
  /** Words that may be names or parts of names. */
  candidates: readonly Token[]
  /** Those of them that mean something by themselves: names only where they are one letter by letter. */
  known: ReadonlySet<string>
  numbers: readonly number[]
  /** Image references and versions, as written. */
  images: readonly string[]
  /** The person only wants to be told. */
  isReadOnly: boolean
  /** How many times more or less, or how many, where a change of number is asked for. */
  change: { by: 'times' | 'plus'; factor: number } | undefined
  isCount: boolean
}

/** @param names of the cluster: a word that is one of them means nothing else */
export function understand(question: string, names: ReadonlySet<string> = new Set()): Understood {
  const tokens = tokensOf(question)
  const isName = ({ text }: Token) => names.has(text) || /^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(text)
  const heard = new Map<Token, ReadonlySet<Concept>>(
    tokens.map((token) => [token, isName(token) ? new Set<Concept>() : conceptsOf(token)]),
  )
  const has = (concept: Concept) => tokens.some((token) => heard.get(token)?.has(concept))
  const parts = new Set([...names].flatMap((name) => name.split(/[-.]/)))
  const kindIn = (token: Token) => kindOf(token, isName(token) || parts.has(token.text))
  const kind = tokens.map(kindIn).find((found) => found !== undefined && found !== 'namespaces')
  const asksForNamespaces = tokens.some(({ text }) => text === 'namespaces')
  const images = imagesOf(question)
  const numbers = isStop(question) ? [0] : numbersOf(tokens)
  const isReadOnly = limitsToLooking(question) || has('nothing_but_looking')
  const isCount = /\bhow many\b/i.test(question) || (has('count') && !/\breplicas?\b.*\bto\b/i.test(question))
  const found = {
    tokens,
    kind: kind ?? (asksForNamespaces ? 'namespaces' : undefined),
    candidates: tokens.filter(isCandidate),
    known: new Set(
      tokens
        .filter((token) => (heard.get(token)?.size ?? 0) > 0 || kindIn(token) !== undefined)
        .map(({ text }) => text),
    ),
    numbers,
    images,
    isReadOnly,
    change: changeOf(question, tokens),
    isCount,
  }
  return { ...found, intent: intentOf(question, { ...found, has }) }
}

type Heard = Omit<Understood, 'intent'> & { has(concept: Concept): boolean }

function intentOf(question: string, { has, kind, images, numbers, change, isCount, tokens }: Heard): Intent {
  const asksWhy = has('why') || /\bwhat(?:'s| is| was)? (?:wrong|going on|up with|the matter)\b/i.test(question)
  const wantsTo = (base: RegExp) => !asksWhy && asked(question, base)
  if (has('other') || isLesson(question) || isAboutUs(question)) return 'other'
  if (/^\W*(?:please\s+)?(?:deploy|install|create|expose)\b/i.test(question) && images.length === 0) return 'other'
  if (has('cordon') && /\bnodes?\b|\bcordon|\buncordon/i.test(question)) return 'cordon'
  if (has('not_ours') && !has('trouble') && !asksWhy) return 'other'
  const isAboutImages = images.length > 0 && (has('image') || has('change'))
  if (isAboutImages && !asksWhy && has('change')) return 'set-image'
  if (wantsTo(/roll(?:ing)?[- ]?back|revert|undo|back ?out|go(?:ing)? back to|previous (?:version|revision|release)/))
    return 'undo'
  if (
    wantsTo(/restart|reboot|bounce|recycle|relaunch|redeploy/) &&
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
  if (has('logs') && (!isTroubled || /\b(?:show|print|get|give|tail|read|see|fetch|display|last)\b/i.test(question)))
    return 'logs'
  if (/\b(?:usage|consum\w*|utili[sz]ation)\b|\bhow much (?:cpu|memory|ram)\b/i.test(question)) return 'usage'
  if (isTroubled) return 'diagnose'
  if (
    /\b(?:which|what)(?:'s| is)?\b.*\bcluster\b|\b(?:server|kubernetes|k8s) version\b/i.test(question) &&
    kind === undefined
  ) {
    return 'cluster'
  }
  if (has('events') && kind !== 'pods') return 'events'
  if (has('describe')) return 'diagnose'
  if (isCount || (kind !== undefined && (has('list') || /\b(?:what|which|all|every|any|get|give)\b/i.test(question))))
    return 'list'
  if (has('image') && /\b(?:what|which)\b/i.test(question)) return 'list'
  if (/\bwhat(?:'s| is| are)?\b.*\b(?:running|deployed|installed)\b/i.test(question)) return 'list'
  if (has('create')) return 'other'
  if (has('health') || has('people') || has('change_of_late')) return 'diagnose'
  if (kind !== undefined) return 'list'
  const isAboutIt = /\b(?:cluster|namespace|kubernetes|k8s|things?|everything|anything|something)\b/i.test(question)
  return isAboutIt || tokens.some((token) => !isSmall(token.text)) ? 'diagnose' : 'other'
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

/** "Stop the mailer", "shut down web": as many as none. */
function isStop(question: string): boolean {
  return /^\W*(?:(?:please|can you|could you|would you)\s+)*(?:stop|shut ?down|turn off|switch off)\b/i.test(question)
}

function asksForNumber(question: string, { has, numbers, change }: Pick<Heard, 'has' | 'numbers' | 'change'>): boolean {
  if (isStop(question) || asked(question, /scale|upscale|downscale|resize/)) return true
  if (!has('replicas')) return false
  const isOrder =
    !has('trouble') ||
    has('change') ||
    has('more') ||
    has('fewer') ||
    /\b(?:run|give|want|need|have|go to)\b/i.test(question)
  return isOrder && (numbers.length > 0 || change !== undefined)
}

/** Something is not as it should be, in so many words: "cannot", "does not", "no longer". */
function isNegated(question: string): boolean {
  return /\b(?:not|never|cannot|nobody|nothing|unable|without|no (?:longer|one|more))\b|n't\b|\b(?:cant|wont|dont|doesnt|dosent|isnt|arent|didnt|hasnt)\b/i.test(
    question,
  )
}

/** Questions about what answers them. */
function isAboutUs(question: string): boolean {
  return /\b(?:(?:real|other|language|which|what|connect|use|ai) (?:\w+ )?(?:model|llm)|who are you|what are you|what can you)\b/i.test(
    question,
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

function limitsToLooking(question: string): boolean {
  return (
    /\b(?:don'?t|do not|never|without)\s+(?:\w+\s+){0,3}?(?:chang|touch|fix|modif|alter|appl|restart|repair|do anything|propos)/i.test(
      question,
    ) ||
    /\b(?:just|only|merely)\s+(?:\w+\s+){0,2}?(?:look|tell|check|explain|report|say|want to know|curious|diagnos)/i.test(
      question,
    ) ||
    /\bno changes?\b|\bread[- ]only\b|\blook,? but\b/i.test(question)
  )
}

function isCandidate({ text }: Token): boolean {
  return !isSmall(text) && text.length >= 3 && !/^\d+$/.test(text)
}

const imageReference =
  /(?<![\w./:-])(?:[a-z0-9][\w.-]*(?::\d+)?\/)*[a-z0-9][\w.-]*(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})(?![\w/])/gi
const versionText = /(?<![\w./:-])v?\d+(?:\.\d+)+(?:[-+.]?[\w.]+)?(?![\w/])/gi

function imagesOf(question: string): string[] {
  const references = [...question.matchAll(imageReference)]
    .map(([text]) => text)
    .filter((text) => !/^https?:/i.test(text))
  const rest = references.reduce((text, reference) => text.replace(reference, ' '), question)
  const tagWord = /\b(?:tag|version)\s+(?:to\s+|of\s+\S+\s+to\s+)?([\w][\w.-]*\d[\w.-]*|latest|stable)\b/i.exec(
    rest,
  )?.[1]
  const versions = [...rest.matchAll(versionText)].map(([text]) => text)
  return [...references, ...versions, ...(tagWord === undefined || versions.includes(tagWord) ? [] : [tagWord])].map(
    (text) => text.replace(/[.,]$/, ''),
  )
}

const numerals: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  twelve: 12,
  dozen: 12,
  twenty: 20,
  single: 1,
  none: 0,
}

function numbersOf(tokens: readonly Token[]): number[] {
  return tokens.flatMap(({ text }) => {
    if (/^\d+x?$/.test(text)) return [Number.parseInt(text, 10)]
    const numeral = numerals[text]
    return numeral === undefined ? [] : [numeral]
  })
}

function changeOf(question: string, tokens: readonly Token[]): Understood['change'] {
  if (/\bdouble|\btwice/i.test(question)) return { by: 'times', factor: 2 }
  if (/\btriple/i.test(question)) return { by: 'times', factor: 3 }
  if (/\bhalve|\bhalf\b/i.test(question)) return { by: 'times', factor: 0.5 }
  const by = /\bby (\w+)\b/i.exec(question)?.[1]?.toLowerCase() ?? /\b(\w+) more\b/i.exec(question)?.[1]?.toLowerCase()
  const amount = by === undefined ? undefined : numbersOf(tokens.filter(({ text }) => text === by))[0]
  const isLess = /\b(?:down|decrease|reduce|lower|fewer|less|remove|shrink)\b/i.test(question)
  if (amount !== undefined) return { by: 'plus', factor: isLess ? -amount : amount }
  if (/\b(?:one|an?) (?:more|another|extra|additional)\b|\banother (?:one|replica|instance|copy)\b/i.test(question))
    return { by: 'plus', factor: 1 }
  return undefined
}
