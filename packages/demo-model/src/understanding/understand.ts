import type { Command, HalfUnderstood } from '../commands/command.ts'
import { readCommand } from '../commands/read-command.ts'
import { kindOf } from '../lexicon/kinds.ts'
import { type Concept, conceptsOf, isContraction, isOfLexicon, isSmall, isUnderstood } from '../lexicon/lexicon.ts'
import { numbersOf } from '../lexicon/numbers.ts'
import { type Token, tokensOf } from '../lexicon/tokens.ts'
import { intentOf, type Meant } from './intent.ts'
import { questionSentences } from './question-sentences.ts'
import { type Talk, talkOfChange } from './talk-of-change.ts'

/** What a question asks for, as far as its words alone tell. Names are matched against the cluster later. */
export type Understood = Meant & {
  /** What it orders, or what it seems to. */
  command: Command | HalfUnderstood | undefined
  /** How it speaks of a change that it does not order. */
  talk: Talk | undefined
  tokens: readonly Token[]
  /** A kind that is named, such as `pods`. */
  kind: string | undefined
  /** Words that may be names or parts of names. */
  candidates: readonly Token[]
  /** Those of them that mean something by themselves: names only where they are one letter by letter. */
  known: ReadonlySet<string>
  numbers: readonly number[]
  /** The person only wants to be told. */
  isReadOnly: boolean
  /** The same, and says what: "look at web, but do not change anything". */
  asksToInspect: boolean
  isCount: boolean
  /** Words that say nothing here, unless something in the cluster is called so. */
  unknown: readonly string[]
  /** The words of the sentences that ask. */
  questionWords: ReadonlySet<string>
}

/**
 * @param names of the cluster's objects: a word that is one of them means nothing else
 * @param namespaces for what is ordered: the rest of a question may mean another thing by such a word
 */
export function understand(
  question: string,
  names: ReadonlySet<string> = new Set(),
  namespaces: ReadonlySet<string> = new Set(),
): Understood {
  const tokens = tokensOf(question)
  const isName = ({ text }: Token) => names.has(text) || (/^[a-z0-9]+(?:-[a-z0-9]+)+$/.test(text) && !isOfLexicon(text))
  const heard = new Map<Token, ReadonlySet<Concept>>(
    tokens.map((token) => [token, isName(token) ? new Set<Concept>() : conceptsOf(token)]),
  )
  // "Ok, now …" asks for nothing.
  const telling = /^(?:ok|okay|alright|fine|right|well)$/.test(tokens[0]?.text ?? '') ? tokens.slice(1) : tokens
  const has = (concept: Concept) =>
    (telling.length > 0 ? telling : tokens).some((token) => heard.get(token)?.has(concept))
  const parts = new Set([...names].flatMap((name) => name.split(/[-.]/)))
  const kindIn = (token: Token) => kindOf(token, isName(token) || parts.has(token.text))
  const kind = tokens.map(kindIn).find((found) => found !== undefined && found !== 'namespaces')
  const asksForNamespaces = tokens.some(({ text }) => text === 'namespaces')
  const numbers = numbersOf(tokens)
  const all = new Set([...names, ...namespaces])
  const command = readCommand(question, all)
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
    command,
    talk: command === undefined ? talkOfChange(question, all) : undefined,
    isReadOnly,
    asksToInspect: isReadOnly && inspections.test(question),
    isCount,
    unknown: tokens
      .filter((token) => !isSmall(token.text) && !/^\d+$/.test(token.text) && numbersOf([token]).length === 0)
      .filter(({ text }) => !isContraction(text))
      .filter((token) => (isName(token) || !isUnderstood(token)) && kindIn(token) === undefined)
      // "My boss wants to know": of people nothing is asked.
      .filter((token) => !/^(?:wants|asks)$/.test(tokens[tokens.indexOf(token) + 1]?.text ?? ''))
      .filter((token) => token.text !== 'root' || tokens[tokens.indexOf(token) + 1]?.stem !== 'caus')
      .map(({ text }) => text),
    questionWords: new Set(tokensOf(questionSentences(question)).map(({ text }) => text)),
  }
  return { ...found, ...intentOf(question, { ...found, has }) }
}

const inspections =
  /\b(?:look|tell|check|explain|why|find out|diagnos\w*|investigat\w*|analy[sz]e|what(?:'s| is)? (?:wrong|broken|going on))\b/i

function limitsToLooking(question: string): boolean {
  return (
    /\b(?:don'?t|do not|never|without)\s+(?:\w+\s+){0,3}?(?:chang|touch|fix|modif|alter|appl|restart|repair|do anything|propos)/i.test(
      question,
    ) ||
    /\b(?:just|only|merely)\s+(?:\w+\s+){0,2}?(?:look|tell|check|explain|report|say|ask|wonder|want to know|curious|diagnos)/i.test(
      question,
    ) ||
    /\b(?:look|tell|check|explain|report|diagnose|investigate|analy[sz]e|read)\s+only\b/i.test(question) ||
    /\b(?:no|without|any)\s+(?:\w+\s+)?(?:changes?|actions?|writes?|fix(?:es)?|edits?|modifications?|repairs?)\b/i.test(
      question,
    ) ||
    /\bread[- ]only\b|\blook,? but\b|\bnothing (?:else|more)\W*$/i.test(question)
  )
}

function isCandidate({ text }: Token): boolean {
  return !isSmall(text) && text.length >= 3 && !/^\d+$/.test(text)
}
