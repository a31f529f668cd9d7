import { likeness } from '../cluster/match-names.ts'
import type { Ref } from '../cluster/objects.ts'
import { scopeArgs } from '../cluster/scope.ts'
import { isOfTheCluster, kindNames } from '../cluster/survey.ts'
import { rowsIn } from '../cluster/tables.ts'
import { singular } from '../lexicon/kinds.ts'
import { call, type Plan } from '../plan/plan.ts'
import type { Request } from './request.ts'

/** Objects of a kind, by a question's words: those that are called so letter by letter, and names that are near. */
export type Found = { exact: readonly Ref[]; near: readonly string[] }

/** Looks for the object that a question names, of a kind that is too frequent, or too rare, to be in the survey. */
export function* findByName(kinds: string, { understood, focus }: Request): Plan<Found> {
  const [space] = focus.namespaces
  const isWide = isOfTheCluster(kinds)
  const reply = yield* call('k8s_get', { resource_type: kinds, ...(isWide ? {} : scopeArgs(space ?? 'all')) })
  const rows = reply.kind === 'answered' ? rowsIn(reply.text) : []
  const words = understood.tokens.map(({ text }) => text.replace(/^.*\//, ''))
  const kind = kindNames[singular(kinds)] ?? singular(kinds)
  const exact = rows
    .filter(({ NAME = '' }) => words.includes(NAME))
    .map(
      ({ NAME: name = '', NAMESPACE: namespace = space }): Ref => ({
        kind,
        name,
        ...(namespace !== undefined && !isWide && { namespace }),
      }),
    )
  const names = rows.map(({ NAME = '' }) => NAME)
  const near = names.filter((name) => words.some((word) => likeness(word, name) >= NEAR))
  return { exact, near: near.length > 0 ? near : names }
}

const NEAR = 0.6
