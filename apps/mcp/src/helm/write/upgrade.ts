import { z } from 'zod'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { defineTool } from '../shared/define-tool.ts'
import {
  anyNamespace,
  atomic,
  chart,
  createNamespace,
  optionalValues,
  release,
  timeoutSeconds,
  version,
  wait,
} from '../shared/params.ts'
import { planChart } from '../shared/plan-chart.ts'

export const helmUpgrade = defineTool({
  name: 'helm_upgrade',
  title: 'Upgrade Helm Release',
  description:
    'Upgrade a release to a chart or a version of it, or change values: those of the last revision stay unless reset_values. To go back use helm_rollback.',
  changes: 'write',
  idempotent: false,
  openWorld: true,
  input: z.object({
    release_name: release,
    chart,
    namespace: anyNamespace,
    install: optional('install', bool, true),
    wait,
    version,
    values: optionalValues,
    reset_values: optional('reset_values', bool, false),
    create_namespace: createNamespace(false),
    timeout_seconds: timeoutSeconds,
    atomic,
  }),
  seconds: ({ timeout_seconds }) => timeout_seconds + 30,
  plan: ({ install, reset_values, ...args }, context) =>
    planChart(args, { verb: 'upgrade', mayInstall: install, resetsValues: reset_values }, context),
})
