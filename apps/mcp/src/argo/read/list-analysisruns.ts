import { z } from 'zod'
import { anyNamespace, requireOneScope } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { ageOf } from '../../output/age.ts'
import { showTable } from '../../output/show-table.ts'
import { asAnalysisRun, failedMeasurements, metricText, ownerText } from '../shared/analysis-run.ts'
import { argoResource } from '../shared/argo-resource.ts'
import { defineTool } from '../shared/define-tool.ts'

const columns = ['NAME', 'STATUS', 'OWNER', 'TYPE', 'STEP', 'METRICS', 'MESSAGE', 'AGE'] as const

export const argoListAnalysisruns = defineTool({
  name: 'argo_list_analysisruns',
  title: 'List Argo Analysis Runs',
  description:
    'List AnalysisRuns, newest first: METRICS are name, phase and counts of successful/failed/inconclusive/error.',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ namespace: anyNamespace, all_namespaces: optional('all_namespaces', bool, false) }),
  async run(args, context) {
    requireOneScope(args)
    const { kube, now } = context
    const resource = await argoResource(kube, 'AnalysisRun')
    const namespace = args.all_namespaces ? undefined : (args.namespace ?? context.defaultNamespace)
    const { items, metadata } = await kube.list(resource, { namespace })
    const runs = items
      .map(asAnalysisRun)
      .toSorted((a, b) => (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? ''))
    const rows = runs.map((run) => [
      ...(args.all_namespaces ? [run.metadata.namespace ?? ''] : []),
      run.metadata.name,
      run.status.phase ?? 'Pending',
      ownerText(run),
      run.metadata.labels?.['rollout-type'] ?? '-',
      run.metadata.labels?.['step-index'] ?? '-',
      (run.status.metricResults ?? []).map(metricText).join(', ') || '-',
      run.status.message ?? '',
      ageOf(run.metadata.creationTimestamp, now()),
    ])
    const header = [...(args.all_namespaces ? ['NAMESPACE'] : []), ...columns]
    const failed = runs.flatMap(failedMeasurements)
    const below =
      failed.length === 0 ? [] : ['', 'Measurements of failed metrics:', ...failed.map((line) => `  ${line}`)]
    return showTable(
      { header, rows, noun: 'AnalysisRuns', namespace, hasMore: Boolean(metadata.continue), below },
      context,
    )
  },
})
