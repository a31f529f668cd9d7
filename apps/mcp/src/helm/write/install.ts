import { z } from 'zod'
import { namespace } from '../../input/object-params.ts'
import { defineTool } from '../shared/define-tool.ts'
import { atomic, chart, createNamespace, release, timeoutSeconds, version, wait } from '../shared/params.ts'
import { planChart } from '../shared/plan-chart.ts'

export const helmInstall = defineTool({
  name: 'helm_install',
  title: 'Install Helm Chart',
  description:
    'Install a chart with its default values as a new release. With values of your own use helm_install_with_values.',
  changes: 'add',
  idempotent: false,
  openWorld: true,
  input: z.object({
    release_name: release,
    chart,
    namespace,
    create_namespace: createNamespace(true),
    wait,
    version,
    timeout_seconds: timeoutSeconds,
    atomic,
  }),
  seconds: ({ timeout_seconds }) => timeout_seconds + 30,
  plan: (args, context) => planChart({ ...args, values: null }, { verb: 'install' }, context),
})
