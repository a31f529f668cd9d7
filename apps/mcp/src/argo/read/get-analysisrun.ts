import { z } from 'zod'
import { name, namespace } from '../../input/object-params.ts'
import { ageOf } from '../../output/age.ts'
import { redactObject } from '../../output/redact.ts'
import { fields, type Lines, section, tableSection } from '../../output/report.ts'
import { cutMiddle } from '../../output/truncate.ts'
import { asAnalysisRun, type MetricResult, metricText, ownerText } from '../shared/analysis-run.ts'
import { argoResource } from '../shared/argo-resource.ts'
import { defineTool } from '../shared/define-tool.ts'

export const argoGetAnalysisrun = defineTool({
  name: 'argo_get_analysisrun',
  title: 'Get Argo Analysis Run',
  description: 'Show one AnalysisRun with its queries and all of its measurements. argo_list_analysisruns lists them.',
  group: 'argo-extra',
  changes: 'nothing',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace }),
  async run(args, context) {
    const { kube, now, settings } = context
    const resource = await argoResource(kube, 'AnalysisRun')
    const place = { resource, namespace: args.namespace ?? context.defaultNamespace, name: args.name }
    const run = asAnalysisRun(redactObject(await kube.read(place), { reveal: settings.revealSecrets }))
    const { status, metadata } = run
    const lines = [
      ...fields([
        ['NAME', metadata.name],
        ['NAMESPACE', metadata.namespace],
        ['OWNER', ownerText(run)],
        ['STATUS', status.phase ?? 'Pending'],
        ['MESSAGE', status.message],
        ['AGE', ageOf(metadata.creationTimestamp, now())],
        ['COMPLETED', status.completedAt],
      ]),
      ...(status.metricResults ?? []).flatMap(metricLines),
    ]
    const cut = cutMiddle(lines.join('\n'), { most: settings.maxOutputChars, narrow: 'argo_list_analysisruns' })
    return {
      output: cut.output,
      truncated: cut.truncated,
      namespace: place.namespace,
      data: { phase: status.phase ?? 'Pending', metrics: status.metricResults ?? [] },
    }
  },
})

/** Its counts, the queries as they were sent, and what came back. */
function metricLines(metric: MetricResult): Lines {
  const { message, metadata = {}, measurements = [] } = metric
  return [
    ...section(`Metric ${metricText(metric)} (successful/failed/inconclusive/error)`, [
      ...(message === undefined ? [] : [message]),
      ...fields(Object.entries(metadata)),
    ]),
    ...tableSection(
      'Measurements',
      ['FINISHED', 'PHASE', 'VALUE', 'MESSAGE'],
      measurements.map(({ finishedAt, startedAt, phase, value, message: why }) => [
        finishedAt ?? startedAt ?? '',
        phase ?? '',
        value ?? '',
        why ?? '',
      ]),
    ),
  ]
}
