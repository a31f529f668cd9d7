import { bestMatches, likeness, wordsAndPairs } from '../cluster/match-names.ts'
import type { Ref } from '../cluster/objects.ts'
import { isOfTheSystem, type Survey } from '../cluster/survey.ts'
import { singular } from '../lexicon/kinds.ts'
import type { Understood } from '../understanding/understand.ts'
import { type UnknownNames, unknownNameIn, unknownNamespaceIn } from './unknown-names.ts'

/** What a question is about, as far as its words fit names of the cluster. */
export type Focus = {
  /** Namespaces that are named. */
  namespaces: readonly string[]
  /** Objects whose names fit, best first, with how well. */
  objects: readonly { ref: Ref; score: number }[]
} & UnknownNames

const SURE = 0.85

/** @param around namespaces that the rest of the question names, for a part of it that names none */
export function focusOf(
  understood: Understood,
  { namespaces, objects }: Survey,
  around: readonly string[] = [],
): Focus {
  const named = namedNamespaces(understood, namespaces)
  const taken = new Set(named.map(({ word }) => word))
  const own = [...new Set(named.map(({ namespace }) => namespace))]
  const spaces = own.length > 0 ? own : around
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
  const elsewhere = spaces.length > 0 ? undefined : unknownNamespaceIn(understood, objects)
  return {
    namespaces: spaces,
    objects: fit,
    stranger: unknownNameIn(understood, fit, [...taken, elsewhere]),
    elsewhere,
  }
}

/** Whether the words name these objects themselves, and do not only sound like them. */
export function isSure({ objects }: Focus): boolean {
  return (objects[0]?.score ?? 0) >= SURE
}

/** Whether a word in the place of a namespace names one. */
export function isNamespace(word: string, { namespaces }: Survey): boolean {
  return namespaces.some((namespace) => likeness(word, namespace) >= SURE)
}

function namedNamespaces({ tokens }: Understood, namespaces: readonly string[]): { namespace: string; word: string }[] {
  return tokens.flatMap(({ text }, index) => {
    const [space, rest] = text.split('/')
    const word = rest === undefined ? text : (space ?? '')
    const before = tokens[index - 1]?.text ?? ''
    const after = tokens[index + 1]?.text ?? ''
    const isPlace =
      /^(?:in|inside|within|on|from|of|for|at|namespace|ns|n)$/.test(before) || /^(?:namespace|ns)$/.test(after)
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

function isOfKind({ kind }: Ref, kindWord: string | undefined): boolean {
  return kindWord !== undefined && singular(kindWord) === kind.toLowerCase()
}
