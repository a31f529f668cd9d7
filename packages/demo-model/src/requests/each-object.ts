import { kindOf, singular } from '../lexicon/kinds.ts'
import { numberIn, numbersOf } from '../lexicon/numbers.ts'
import type { Token } from '../lexicon/tokens.ts'
import type { Request } from './request.ts'

/**
 * The request once for every object, where several are named in one breath: "cart, payments and the search Service".
 * Each has the numbers that stand behind its name, or those of all.
 */
export function eachObject(request: Request): Request[] {
  const { focus, understood, survey } = request
  const { tokens } = understood
  const names = new Set(focus.objects.filter(({ score }) => score === 1).map(({ ref }) => ref.name))
  const places = tokens.flatMap(({ text }, index) => {
    const name = text.replace(/^.*\//, '')
    return names.has(name) ? [{ name, index, kind: kindAt(tokens, index) ?? understood.kind }] : []
  })
  const [first, last] = [places[0]?.index ?? 0, places.at(-1)?.index ?? 0]
  const isList = tokens.slice(first, last).every((token) => names.has(token.text.replace(/^.*\//, '')) || joins(token))
  const isSeveral = new Set(places.map(({ name, kind }) => `${kind} ${name}`)).size > 1
  if (!isList || !isSeveral) return [request]
  return places.map(({ name, index, kind }, at) => {
    const own = tokens.slice(index, places[at + 1]?.index)
    const called = survey.objects
      .filter((ref) => ref.name === name)
      .filter(({ namespace = '' }) => focus.namespaces.length === 0 || focus.namespaces.includes(namespace))
    const ofKind = called.filter((ref) => kind !== undefined && singular(kind) === ref.kind.toLowerCase())
    const objects = (ofKind.length > 0 ? ofKind : called).map((ref) => ({ ref, score: 1 }))
    const said = numbersOf(own).length > 0 ? { tokens: own, numbers: numbersOf(own) } : {}
    return { ...request, focus: { ...focus, objects }, understood: { ...understood, ...said, kind } }
  })
}

/** The kind that stands beside a name: "deployment web", "web deployment". */
function kindAt(tokens: readonly Token[], index: number): string | undefined {
  const [before, after] = [tokens[index - 1], tokens[index + 1]]
  return (before && kindOf(before)) ?? (after && kindOf(after))
}

function joins(token: Token): boolean {
  const isWord = /^(?:and|&|plus|both|also|as|well|the|to|with|replicas?|apps?)$/.test(token.text)
  return isWord || numberIn(token.text) !== undefined || kindOf(token) !== undefined
}
