import { z } from 'zod'
import { namespace } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { ageOf } from '../../output/age.ts'
import { showTable } from '../../output/show-table.ts'
import { argoResource } from '../shared/argo-resource.ts'
import { defineTool } from '../shared/define-tool.ts'
import { phaseOf } from '../shared/phase.ts'
import { asRollout } from '../shared/rollout.ts'
import { setWeightOf, stepText } from '../shared/steps.ts'
import { strategyName } from '../shared/strategy.ts'

const columns = [
  'NAME',
  'STRATEGY',
  'STATUS',
  'STEP',
  'SET-WEIGHT',
  'READY',
  'DESIRED',
  'UP-TO-DATE',
  'AVAILABLE',
  'AGE',
] as const

export const argoListRollouts = defineTool({
  name: 'argo_list_rollouts',
  title: 'List Argo Rollouts',
  description: 'List Rollouts with their phase, step and weight. For one of them use argo_status.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ namespace, all_namespaces: optional('all_namespaces', bool, false) }),
  async run({ namespace, all_namespaces }, context) {
    const { kube, now } = context
    const resource = await argoResource(kube, 'Rollout')
    const used = all_namespaces ? undefined : (namespace ?? context.defaultNamespace)
    const { items, metadata } = await kube.list(resource, { namespace: used })
    const rows = items.map(asRollout).map((rollout) => {
      const { spec, status, metadata } = rollout
      const weight = setWeightOf(rollout)
      const { readyReplicas = 0, replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status
      return [
        ...(all_namespaces ? [metadata.namespace ?? ''] : []),
        metadata.name,
        strategyName(rollout),
        phaseOf(rollout).phase,
        stepText(rollout) ?? '-',
        weight === undefined ? '-' : String(weight),
        `${readyReplicas}/${replicas}`,
        String(spec.replicas ?? 1),
        String(updatedReplicas),
        String(availableReplicas),
        ageOf(metadata.creationTimestamp, now()),
      ]
    })
    const header = [...(all_namespaces ? ['NAMESPACE'] : []), ...columns]
    return showTable({ header, rows, noun: 'Rollouts', namespace: used, hasMore: Boolean(metadata.continue) }, context)
  },
})
