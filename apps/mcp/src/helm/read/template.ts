import { z } from 'zod'
import { helmError } from '../../helm-cli/helm-error.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { redactObject } from '../../output/redact.ts'
import { cutItems } from '../../output/truncate.ts'
import { yamlText } from '../../output/yaml-text.ts'
import { defineTool } from '../shared/define-tool.ts'
import { anyNamespace, chart, optionalValues, release, version } from '../shared/params.ts'
import { valuesOf } from '../shared/plan-chart.ts'

export const helmTemplate = defineTool({
  name: 'helm_template',
  title: 'Render Helm Template',
  description: 'Render a chart without a cluster. What an upgrade would change is shown by its preview.',
  changes: 'nothing',
  idempotent: true,
  openWorld: true,
  input: z.object({
    release_name: release,
    chart,
    namespace: anyNamespace,
    values: optionalValues,
    include_crds: optional('include_crds', bool, false),
    version,
  }),
  async run(args, context) {
    const { helm, settings } = context
    const values = args.values === null ? undefined : await valuesOf(args.values, context)
    const namespace = args.namespace ?? context.defaultNamespace
    const fetched = await helm.fetchChart(args.chart, args.version)
    const end = await helm.run({
      args: [
        'template',
        '--dry-run=client',
        `--namespace=${namespace}`,
        ...(args.include_crds ? ['--include-crds'] : []),
        ...(values === undefined ? [] : ['--values=-']),
      ],
      operands: [args.release_name, fetched.path],
      ...(values !== undefined && { stdin: JSON.stringify(values) }),
    })
    if (end.code !== 0) throw helmError(end)
    const objects = await renderedObjects(end.stdout, context)
    const documents = objects.map(
      (object) => `---\n${yamlText(redactObject(object, { reveal: settings.revealSecrets })).trimEnd()}`,
    )
    const cut = cutItems(documents, {
      most: settings.maxOutputChars,
      narrow: 'a smaller chart',
      note: (text) => `# ${text}`,
    })
    return {
      output: documents.length === 0 ? 'The chart renders no objects.' : cut.output,
      namespace,
      truncated: cut.truncated,
      total_items: cut.total,
      returned_items: cut.returned,
      data: { digest: fetched.digest },
    }
  },
})
