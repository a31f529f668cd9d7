import { nameOf } from '../evidence/finding.ts'
import { call, type Plan } from '../plan/plan.ts'
import { chooseObject } from '../requests/choose-object.ts'
import type { Request } from '../requests/request.ts'
import { shownLines } from './shown-lines.ts'

/** The revisions of a workload, and since when each is there. */
export function* history(request: Request): Plan<string> {
  const chosen = chooseObject(request, ['Deployment', 'StatefulSet', 'DaemonSet'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const args = { name: ref.name, namespace: ref.namespace, resource_type: ref.kind.toLowerCase() }
  const reply = yield* call('k8s_rollout_history', args)
  if (reply.kind !== 'answered') return `The revisions of ${nameOf(ref)} cannot be read: ${reply.text.trim()}`
  return `The revisions of ${nameOf(ref)}:\n\n${shownLines(reply.text)}`
}
