import { bestMatches, likeness, wordsAndPairs } from '../cluster/match-names.ts'
import type { Ref } from '../cluster/objects.ts'
import { isOfTheSystem, type Survey } from '../cluster/survey.ts'
import { singular } from '../words/kinds.ts'
import type { Understood } from '../words/understand.ts'

/** What a question is about, as far as its words fit names of the cluster. */
export type Focus = {
  /** Namespaces that are named. */
  namespaces: readonly string[]
  /** Objects whose names fit, best first, with how well. */
  objects: readonly { ref: Ref; score: number }[]
  /** A word in the place of a name that fits nothing. */
  stranger: string | undefined
}

const SURE = 0.85

export function focusOf(understood: Understood, { namespaces, objects }: Survey): Focus {
  const named = namedNamespaces(understood, namespaces)
  const taken = new Set(named.map(({ word }) => word))
  const spaces = [...new Set(named.map(({ namespace }) => namespace))]
  const words = wordsAndPairs(understood.candidates).filter((word) => !taken.has(word) && word.length >= 3)
  const near = objects.filter(({ namespace = '' }) =>
    spaces.length > 0 ? spaces.includes(namespace) : !isOfTheSystem(namespace),
  )
  const matches = bestMatches(words.map(withoutHash(near)), near, {
    nameOf: ({ name }) => name,
    known: understood.known,
  })
  const best = matches[0]?.score ?? 0
  const fit = matches
    .filter(({ score }) => score >= best - 0.1)
    .map(({ thing, score }) => ({ ref: thing, score }))
    .filter(
      ({ ref }, _, all) => isOfKind(ref, understood.kind) || !all.some((other) => isOfKind(other.ref, understood.kind)),
    )
  return { namespaces: spaces, objects: fit, stranger: strangerIn(understood, fit) }
}

/** Whether the words name these objects themselves, and do not only sound like them. */
export function isSure({ objects }: Focus): boolean {
  return (objects[0]?.score ?? 0) >= SURE
}

function namedNamespaces({ tokens }: Understood, namespaces: readonly string[]): { namespace: string; word: string }[] {
  return tokens.flatMap(({ text }, index) => {
    const [space, rest] = text.split('/')
    const word = rest === undefined ? text : (space ?? '')
    const before = tokens[index - 1]?.text ?? ''
    const after = tokens[index + 1]?.text ?? ''
    const isPlace =
      /^(?:in|inside|within|on|from|of|for|at|namespace|ns|-n)$/.test(before) || /^(?:namespace|ns)$/.test(after)
    const isTwo = /^(?:the|our|my|namespace|ns|called|named)$/.test(before)
    const least = isPlace || rest !== undefined || isTwo ? SURE : 1
    const [best] = namespaces
      .map((namespace) => ({ namespace, word, score: likeness(word, namespace) }))
      .toSorted((a, b) => b.score - a.score)
    return best !== undefined && best.score >= least ? [best] : []
  })
}

/** A pod is called after its owner, with letters and digits behind it. */
function withoutHash(objects: readonly Ref[]): (word: string) => string {
  return (word) => {
    const owner = objects
      .filter(({ name }) => word.startsWith(`${name}-`))
      .toSorted((a, b) => b.name.length - a.name.length)[0]
    return owner !== undefined && /\d/.test(word.slice(owner.name.length)) ? owner.name : word
  }
}

function isOfKind({ kind }: Ref, asked: string | undefined): boolean {
  return asked !== undefined && singular(asked) === kind.toLowerCase()
}

/** A word that can only be a name (`web-7`, or quoted behind a kind), and that nothing here is called. */
function strangerIn({ candidates, tokens }: Understood, fit: readonly { ref: Ref }[]): string | undefined {
  if (fit.length > 0) return undefined
  return candidates.find((token) => {
    const before = tokens[tokens.indexOf(token) - 1]?.text ?? ''
    const isBehindKind = /^(?:pod|deployment|service|job|statefulset|daemonset|app|called|named)$/.test(before)
    return (isBehindKind || /^[a-z]+(?:-[a-z0-9]+)+$/.test(token.text)) && !/[:/]/.test(token.text)
  })?.text
}
