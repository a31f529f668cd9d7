import { z } from 'zod'
import { namespace } from '../../input/object-params.ts'
import { defineTool } from '../shared/define-tool.ts'
import { atomic, chart, createNamespace, release, timeoutSeconds, values, version, wait } from '../shared/params.ts'
import { planChart } from '../shared/plan-chart.ts'

export const helmInstallWithValues = defineTool({
  name: 'helm_install_with_values',
  title: 'Install Helm Chart with Custom Values',
  description: 'Install a chart as a new release with values. helm_show_values lists what can be set.',
  changes: 'add',
  idempotent: false,
  openWorld: true,
  input: z.object({
    release_name: release,
    chart,
    values,
    namespace,
    create_namespace: createNamespace(true),
    wait,
    version,
    timeout_seconds: timeoutSeconds,
    atomic,
  }),
  seconds: ({ timeout_seconds }) => timeout_seconds + 30,
  plan: (args, context) => planChart(args, { verb: 'install' }, context),
})
