import { likeness } from '../cluster/match-names.ts'
import type { Ref } from '../cluster/objects.ts'
import { scopeArgs } from '../cluster/read-objects.ts'
import { kindNames } from '../cluster/survey.ts'
import { rowsIn } from '../cluster/tables.ts'
import { nameOf } from '../evidence/finding.ts'
import { call, type Plan } from '../plan.ts'
import { singular } from '../words/kinds.ts'
import { change } from './change.ts'
import { chooseObject } from './one-object.ts'
import type { Request } from './request.ts'

const surveyed = ['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Service']

/** One object by its exact name: a deletion is never guessed at. */
export function* remove(request: Request): Plan<string> {
  const { understood, focus, offered } = request
  const kind =
    understood.kind === undefined ? undefined : (kindNames[singular(understood.kind)] ?? singular(understood.kind))
  const chosen =
    kind === undefined || surveyed.includes(kind)
      ? chooseExact(request, kind === undefined ? surveyed : [kind])
      : yield* lookFor(request, kind)
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  if (ref.namespace === undefined && focus.namespaces.length > 0) ref.namespace = focus.namespaces[0]
  const args = { name: ref.name, resource_type: ref.kind.toLowerCase(), namespace: ref.namespace }
  const says = `delete ${nameOf(ref)}`
  return yield* change({ ref: { ...ref, kind: ref.kind }, says, calls: [{ tool: 'k8s_delete', args }], offered })
}

function chooseExact(request: Request, kinds: readonly string[]) {
  const chosen = chooseObject(request, kinds)
  if ('sentence' in chosen) return chosen
  const words = request.understood.tokens.map(({ text }) => text.replace(/^.*\//, ''))
  if (words.includes(chosen.ref.name)) return chosen
  return { sentence: `Do you mean ${nameOf(chosen.ref)}? I delete only what is called by its whole name.` }
}

/** Kinds that are too many, or too rare, to be in the survey. */
function* lookFor({ understood, focus }: Request, kind: string): Plan<{ ref: Ref } | { sentence: string }> {
  const scope = focus.namespaces[0] ?? 'all'
  const reply = yield* call('k8s_get', { resource_type: `${understood.kind}`, ...scopeArgs(scope) })
  const rows = reply.kind === 'answered' ? rowsIn(reply.text) : []
  const words = understood.tokens.map(({ text }) => text.replace(/^.*\//, ''))
  const exact = rows.filter(({ NAME = '' }) => words.includes(NAME))
  const [row] = exact
  if (exact.length === 1 && row !== undefined) {
    const namespace = row.NAMESPACE ?? focus.namespaces[0]
    return { ref: { kind, name: row.NAME ?? '', ...(namespace !== undefined && { namespace }) } }
  }
  const near = rows.map(({ NAME = '' }) => NAME).filter((name) => words.some((word) => likeness(word, name) >= 0.6))
  const shown = (near.length > 0 ? near : rows.map(({ NAME = '' }) => NAME)).slice(0, 8).map((name) => `\`${name}\``)
  const known = shown.length === 0 ? `There is no ${kind} here.` : `There is: ${shown.join(', ')}.`
  return { sentence: `I delete only what is called by its whole name. ${known}` }
}
