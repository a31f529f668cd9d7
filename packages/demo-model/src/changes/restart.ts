import { nameOf } from '../evidence/finding.ts'
import type { Plan } from '../plan/plan.ts'
import { chooseObject } from '../requests/choose-object.ts'
import type { Request } from '../requests/request.ts'
import { change } from './change.ts'

export function* restart(request: Request): Plan<string> {
  const chosen = chooseObject(request, ['Deployment', 'StatefulSet', 'DaemonSet'])
  if ('sentence' in chosen) return chosen.sentence
  const { ref } = chosen
  const args = { name: ref.name, namespace: ref.namespace, resource_type: ref.kind.toLowerCase() }
  return yield* change({
    ref,
    says: `restart the pods of ${nameOf(ref)}, one after the other`,
    calls: [{ tool: 'k8s_rollout_restart', args }],
    offered: request.offered,
  })
}
