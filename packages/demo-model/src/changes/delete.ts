import type { Ref } from '../cluster/objects.ts'
import { kindNames } from '../cluster/survey.ts'
import { nameOf } from '../evidence/finding.ts'
import { singular } from '../lexicon/kinds.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseObject, shortList } from '../requests/choose-object.ts'
import { findByName } from '../requests/find-by-name.ts'
import type { Request } from '../requests/request.ts'
import { missingText } from '../requests/unknown-names.ts'
import { change } from './change.ts'

const surveyed = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Service']

/** One object by its exact name: a deletion is never guessed at. */
export function* remove(request: Request): Plan<string> {
  const { understood, focus, offered, survey } = request
  const [space] = focus.namespaces
  const isOfSpace = understood.tokens.some(({ text }) => /^(?:namespace|ns)$/.test(text))
  if (space !== undefined && isOfSpace && focus.objects.length === 0 && understood.kind === undefined) {
    const inside = survey.objects.filter(({ namespace }) => namespace === space).length
    return `I delete single objects only. With namespace \`${space}\` would go all that is in it, ${inside} workloads and Services among it.`
  }
  const kinds = understood.kind
  const kind = kinds === undefined ? undefined : kindNames[singular(kinds)]
  const isSurveyed = kinds === undefined || (kind !== undefined && surveyed.includes(kind))
  const chosen = isSurveyed
    ? chooseExact(request, kind === undefined ? surveyed : [kind])
    : yield* findNamed(request, kinds)
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const args = { name: ref.name, resource_type: ref.kind.toLowerCase(), namespace: ref.namespace }
  const says = `delete ${nameOf(ref)}`
  return yield* change({ ref, says, calls: [{ tool: 'k8s_delete', args }], offered })
}

function chooseExact(request: Request, kinds: readonly string[]) {
  const chosen = chooseObject(request, kinds)
  if ('sentence' in chosen) return chosen
  const words = request.understood.tokens.map(({ text }) => text.replace(/^.*\//, ''))
  if (words.includes(chosen.ref.name)) return chosen
  return { sentence: `Do you mean ${nameOf(chosen.ref)}? I delete only what is called by its whole name.` }
}

function* findNamed(request: Request, kinds: string): Plan<{ ref: Ref } | { sentence: string }> {
  if (request.focus.elsewhere !== undefined) return { sentence: missingText(request.focus, request.survey).trim() }
  const { exact, near } = yield* findByName(kinds, request)
  const [ref] = exact
  if (exact.length === 1 && ref !== undefined) return { ref }
  const there = exact.length > 1 ? exact.map(nameOf) : near.map((name) => `\`${name}\``)
  const known = there.length === 0 ? `There are no ${kinds} here.` : `There is: ${shortList(there)}.`
  return { sentence: `I delete only what is called by its whole name. ${known}` }
}
