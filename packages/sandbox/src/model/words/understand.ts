import { imagesOf } from './images.ts'
import { type Intent, intentOf, isStop } from './intent.ts'
import { kindOf } from './kinds.ts'
import { type Concept, conceptsOf, isSmall } from './lexicon.ts'
import { changeOf, type NumberChange, numbersOf } from './numbers.ts'
import { type Token, tokensOf } from './tokens.ts'

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
  change: NumberChange | undefined
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
