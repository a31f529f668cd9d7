import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { eventLines } from '../../kube/events/event-lines.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { type Pod, troubleOf } from '../../kube/workloads/pod.ts'
import { ageOf } from '../../output/age.ts'
import { conditionTable } from '../../output/condition-table.ts'
import { redactObject } from '../../output/redact.ts'
import { fields, type Lines, partOf, section, tableSection } from '../../output/report.ts'
import { cutMiddle } from '../../output/truncate.ts'
import {
  type AnalysisRun,
  asAnalysisRun,
  failedMeasurements,
  metricText,
  type ownerText,
} from '../shared/analysis-run.ts'
import { argoResource } from '../shared/argo-resource.ts'
import { rolloutTarget } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { revisionsOf, stateOf } from '../shared/replica-sets.ts'
import { asRollout, type Rollout } from '../shared/rollout.ts'
import { phaseLine, statusLines, stepLines } from '../shared/rollout-lines.ts'

export const argoDescribe = defineTool({
  name: 'argo_describe',
  title: 'Describe Argo Rollout',
  description:
    'Show a Rollout with its steps, ReplicaSets, pods, analyses, experiments and events. For its phase alone use argo_status.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace }),
  async run(args, context) {
    const target = await rolloutTarget(args, context)
    const rollout = asRollout(redactObject(await context.kube.read(target)))
    const [replicaSets, analyses, experiments, events] = await Promise.all([
      partOf('ReplicaSets', replicaSetLines(rollout, context)),
      partOf('Analyses', analysisLines(rollout, context)),
      partOf('Experiments', experimentLines(rollout, context)),
      eventLines(rollout, context),
    ])
    const text = [
      ...fields([
        ['Name', rollout.metadata.name],
        ['Namespace', rollout.metadata.namespace],
        [
          'Created',
          `${rollout.metadata.creationTimestamp} (${ageOf(rollout.metadata.creationTimestamp, context.now())} ago)`,
        ],
        ['Status', phaseLine(rollout)],
      ]),
      ...statusLines(rollout, context.now()),
      ...serviceLines(rollout),
      ...stepLines(rollout),
      ...conditionTable(rollout.status),
      ...replicaSets,
      ...analyses,
      ...experiments,
      ...events,
    ].join('\n')
    const cut = cutMiddle(text, { most: context.settings.maxOutputChars, narrow: 'argo_status or argo_history' })
    return { output: cut.output, truncated: cut.truncated, namespace: target.namespace }
  },
})

function serviceLines({ spec: { strategy = {} } }: Rollout): Lines {
  const { canary, blueGreen } = strategy
  return section('Services', [
    ...fields([
      ['Stable', canary?.stableService],
      ['Canary', canary?.canaryService],
      ['Active', blueGreen?.activeService],
      ['Preview', blueGreen?.previewService],
      ['Traffic routing', canary?.trafficRouting && Object.keys(canary.trafficRouting).join(', ')],
    ]),
  ])
}

async function replicaSetLines(rollout: Rollout, { kube, now }: KubeContext): Promise<Lines> {
  const { namespace } = rollout.metadata
  const [revisions, pods] = await Promise.all([
    revisionsOf(kube, rollout),
    kube.list(await kube.resolve('pods.v1.'), { namespace }),
  ])
  const newest = revisions.toReversed()
  const rows = newest.map(({ revision, keeper }) => {
    const { replicas = 0, readyReplicas = 0 } = (keeper.status ?? {}) as { replicas?: number; readyReplicas?: number }
    return [String(revision), keeper.metadata.name, stateOf(keeper, rollout), `${readyReplicas}/${replicas}`]
  })
  const podRows = newest.flatMap(({ keeper }) =>
    (pods.items as Pod[])
      .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === keeper.metadata.uid))
      .map((pod) => [
        pod.metadata.name,
        keeper.metadata.name,
        pod.status?.phase ?? '',
        ageOf(pod.metadata.creationTimestamp, now()),
        troubleOf(pod) ?? '',
      ]),
  )
  return [
    ...tableSection('ReplicaSets', ['REVISION', 'NAME', 'STATE', 'READY'], rows),
    ...tableSection('Pods', ['NAME', 'REPLICASET', 'PHASE', 'AGE', 'TROUBLE'], podRows),
  ]
}

async function analysisLines(rollout: Rollout, { kube, now }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await argoResource(kube, 'AnalysisRun'), { namespace: rollout.metadata.namespace })
  const runs = items
    .filter((item) => isOwnedBy(item, rollout))
    .map((item): AnalysisRun => asAnalysisRun(redactObject(item)))
  const rows = runs.map((run) => [
    run.metadata.name,
    run.status.phase ?? 'Pending',
    (run.status.metricResults ?? []).map(metricText).join(', '),
    ageOf(run.metadata.creationTimestamp, now()),
  ])
  return [
    ...tableSection('Analyses', ['NAME', 'STATUS', 'METRICS', 'AGE'], rows),
    ...section('Measurements of failed metrics', runs.flatMap(failedMeasurements)),
  ]
}

async function experimentLines(rollout: Rollout, { kube, now }: KubeContext): Promise<Lines> {
  const { items } = await kube.list(await argoResource(kube, 'Experiment'), { namespace: rollout.metadata.namespace })
  const rows = items
    .filter((item) => isOwnedBy(item, rollout))
    .map((item) => [
      item.metadata.name,
      (item.status as { phase?: string } | undefined)?.phase ?? 'Pending',
      ageOf(item.metadata.creationTimestamp, now()),
    ])
  return tableSection('Experiments', ['NAME', 'STATUS', 'AGE'], rows)
}

function isOwnedBy(item: Parameters<typeof ownerText>[0], { metadata }: Rollout): boolean {
  return item.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) ?? false
}
