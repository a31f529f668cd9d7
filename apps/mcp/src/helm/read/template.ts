import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { defineTool } from '../shared/define-tool.ts'
import { anyNamespace, chart, optionalValues, release, version } from '../shared/params.ts'
import { valuesOf } from '../shared/plan-chart.ts'
import { renderTemplate } from '../shared/render-template.ts'
import { shownManifest } from '../shared/shown-manifest.ts'

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
    const { helm } = context
    const values = args.values === null ? undefined : await valuesOf(args.values, context)
    const namespace = args.namespace ?? context.defaultNamespace
    const fetched = await helm.fetchChart(args.chart, args.version)
    const objects = await renderTemplate(
      { release: args.release_name, namespace, chart: fetched.path, values, includesCrds: args.include_crds },
      context,
    )
    const shown = shownManifest(objects, context, { narrow: 'a smaller chart', none: 'The chart renders no objects.' })
    return { ...shown, namespace, data: { digest: fetched.digest } }
  },
})
