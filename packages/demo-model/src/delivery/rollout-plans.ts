import type { Plan } from '../plan/plan.ts'
import { shownLines } from '../reads/shown-lines.ts'
import { type Found, findPlace, rollouts } from './find-place.ts'
import { propose } from './propose.ts'
import type { Place } from './read-delivery.ts'
import { readTool } from './read-tool.ts'

type Offered = { offered: ReadonlySet<string> }

export function* listRollouts(namespace: string | undefined, { offered }: Offered): Plan<string> {
  const args = namespace === undefined ? { all_namespaces: true } : { namespace }
  const { kind, text } = yield* readTool('argo_list_rollouts', args, { offered })
  if (kind !== 'answered') return `The Rollouts cannot be read: ${text.trim()}`
  return `The Rollouts of ${namespace === undefined ? 'this cluster' : `namespace \`${namespace}\``}:\n\n${shownLines(text)}`
}

/** Where it stands, and what holds it up. */
export function* showRollout(at: Place, { offered }: Offered): Plan<string> {
  const found = yield* findPlace(at, { ...rollouts, offered })
  if ('sentence' in found) return found.sentence
  const { kind, text } = yield* readTool('argo_status', placeOf(found), { offered })
  if (kind !== 'answered') return `${nameOf(found)} cannot be read: ${text.trim()}`
  return `${nameOf(found)}:\n\n${shownLines(text)}`
}

const changes = {
  promote: {
    tool: 'argo_promote',
    args: {},
    says: (name: string) => `promote ${name} past the step at which it waits`,
  },
  'promote fully': {
    tool: 'argo_promote',
    args: { full: true },
    says: (name: string) => `promote ${name} to the end, past all steps and analyses`,
  },
  abort: { tool: 'argo_abort_rollout', args: {}, says: (name: string) => `abort ${name}: back to its stable version` },
  retry: { tool: 'argo_retry_rollout', args: {}, says: (name: string) => `start the aborted ${name} again` },
} as const

export function* changeRollout(asks: keyof typeof changes, at: Place, { offered }: Offered): Plan<string> {
  const found = yield* findPlace(at, { ...rollouts, offered })
  if ('sentence' in found) return found.sentence
  const { tool, args, says } = changes[asks]
  const call = { tool, args: { ...placeOf(found), ...args } }
  return yield* propose(call, { says: says(nameOf(found)), before: stateOf(found), offered })
}

export function* undoRollout(
  { at, revision }: { at: Place; revision: number | undefined },
  { offered }: Offered,
): Plan<string> {
  const found = yield* findPlace(at, { ...rollouts, offered })
  if ('sentence' in found) return found.sentence
  const to = revision === undefined ? 'the revision before' : `revision ${revision}`
  const call = {
    tool: 'argo_undo',
    args: { ...placeOf(found), ...(revision !== undefined && { to_revision: revision }) },
  }
  return yield* propose(call, { says: `roll ${nameOf(found)} back to ${to}`, before: stateOf(found), offered })
}

const placeOf = ({ name, namespace }: Found) => ({ name, namespace })
const nameOf = ({ name, namespace }: Found) => `Rollout \`${namespace}/${name}\``

function stateOf(found: Found): string {
  const { STATUS: phase = '', STEP: step = '-' } = found.row
  return `${nameOf(found)} is ${phase}${step === '-' ? '' : `, at step ${step}`}`
}
