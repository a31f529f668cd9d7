import { z } from 'zod'
import { isRecord } from '../../effect/is-record.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { objectName } from '../../input/names.ts'
import { anyNamespace, requireOneScope } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool, text } from '../../input/reader.ts'
import { ageOf, spanOf } from '../../output/age.ts'
import { showTable } from '../../output/show-table.ts'
import { ownerText } from '../shared/analysis-run.ts'
import { argoResource } from '../shared/argo-resource.ts'
import { defineTool } from '../shared/define-tool.ts'
import { secondsOfGoDuration } from '../shared/go-duration.ts'

const columns = ['NAME', 'STATUS', 'DURATION', 'REMAINING', 'TEMPLATES', 'ANALYSES', 'OWNER', 'AGE'] as const

export const argoListExperiments = defineTool({
  name: 'argo_list_experiments',
  title: 'List Argo Experiments',
  description:
    'List Experiments with their templates (ready/total) and analyses, of one Rollout if rollout_name is given.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({
    rollout_name: optional('rollout_name', text(objectName), null),
    namespace: anyNamespace,
    all_namespaces: optional('all_namespaces', bool, false),
  }),
  async run(args, context) {
    requireOneScope(args)
    const { kube, now } = context
    const resource = await argoResource(kube, 'Experiment')
    const namespace = args.all_namespaces ? undefined : (args.namespace ?? context.defaultNamespace)
    const { items, metadata } = await kube.list(resource, { namespace })
    const rows = items
      .filter((item) => args.rollout_name === null || ownerText(item) === `Rollout/${args.rollout_name}`)
      .map((item) => [...(args.all_namespaces ? [item.metadata.namespace ?? ''] : []), ...cellsOf(item, now())])
    const header = [...(args.all_namespaces ? ['NAMESPACE'] : []), ...columns]
    const none = args.rollout_name === null ? {} : { none: `No experiments found for rollout '${args.rollout_name}'` }
    return showTable(
      { header, rows, noun: 'Experiments', namespace, hasMore: Boolean(metadata.continue), ...none },
      context,
    )
  },
})

type ExperimentStatus = {
  phase?: string
  availableAt?: string
  templateStatuses?: readonly { name?: string; readyReplicas?: number; replicas?: number }[]
  analysisRuns?: readonly { name?: string; phase?: string }[]
}

function cellsOf(experiment: KubeObject, now: Date): string[] {
  const { duration } = (isRecord(experiment.spec) ? experiment.spec : {}) as { duration?: string }
  const status = (isRecord(experiment.status) ? experiment.status : {}) as ExperimentStatus
  const templates = (status.templateStatuses ?? []).map(
    ({ name, readyReplicas = 0, replicas = 0 }) => `${name} ${readyReplicas}/${replicas}`,
  )
  const analyses = (status.analysisRuns ?? []).map(({ name, phase }) => `${name} ${phase}`)
  return [
    experiment.metadata.name,
    status.phase ?? 'Pending',
    duration ?? '-',
    remainingOf(status, duration, now),
    templates.join(', ') || '-',
    analyses.join(', ') || '-',
    ownerText(experiment),
    ageOf(experiment.metadata.creationTimestamp, now),
  ]
}

/** Of one that runs for a set time, counted from when its templates were available. */
function remainingOf({ phase, availableAt }: ExperimentStatus, duration: string | undefined, now: Date): string {
  const seconds = duration === undefined ? undefined : secondsOfGoDuration(duration)
  if (phase !== 'Running' || availableAt === undefined || seconds === undefined) return '-'
  const passed = Math.floor((now.getTime() - Date.parse(availableAt)) / 1000)
  return spanOf(Math.max(0, seconds - passed))
}
