import { z } from 'zod'
import { asRendered } from '../../helm-cli/generated-values.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import type { HelmPlan, ReleaseAct } from '../../helm-cli/helm-plan.ts'
import { hookObjects } from '../../helm-cli/judge-record.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { newestRelease } from '../shared/newest-release.ts'
import { anyNamespace, release, timeoutSeconds } from '../shared/params.ts'
import { planHooks } from '../shared/plan-objects.ts'
import { assembled, requireSettled } from '../shared/plan-release.ts'

export const helmTest = defineTool({
  name: 'helm_test',
  title: 'Test Helm Release',
  description: 'Run the tests that a chart brings for its release, as pods in the cluster. helm_get_hooks shows them.',
  group: 'helm-extra',
  changes: 'write',
  idempotent: false,
  openWorld: true,
  input: z.object({ release_name: release, namespace: anyNamespace, timeout_seconds: timeoutSeconds }),
  seconds: ({ timeout_seconds }) => timeout_seconds + 30,
  plan: planTest,
})

type Args = { release_name: string; namespace: string | null; timeout_seconds: number }

async function planTest(args: Args, context: HelmContext): Promise<HelmPlan> {
  const { helm, now } = context
  const place = { release: args.release_name, namespace: args.namespace ?? context.defaultNamespace }
  const [newest] = await Promise.all([newestRelease(place, context), helm.version()])
  requireSettled(newest, now())
  const objects = await renderedObjects(newest.manifest ?? '', context)
  const hooks = (await hookObjects(newest, context)).map(asRendered)
  const act: ReleaseAct = {
    what: 'release',
    ...place,
    args: ['test', `--namespace=${place.namespace}`, `--timeout=${args.timeout_seconds}s`],
    operands: [args.release_name],
    revision: newest.version,
    makes: [],
    deletes: 'none',
    leaves: 'tests',
    rendered: { objects: objects.map(asRendered), hooks },
  }
  const objectPlans = await planHooks({ hooks: newest.hooks ?? [], rendered: hooks, verb: 'test', act }, context)
  if (objectPlans.length === 0)
    throw new ToolError('NotFound', `release ${place.release} in ${place.namespace} brings no tests.`)
  const names = objectPlans.flatMap(({ ref, action }) => (action === 'invoke' ? `${ref.kind} ${ref.name}` : []))
  return assembled(
    {
      act,
      objectPlans,
      pins: { revision: newest.version, to_revision: newest.version },
      summary: `Run the tests of release ${place.namespace}/${place.release} (revision ${newest.version}): ${names.join(', ')}`,
      undo: { impossible: 'what a test has done is not known; its pods stay unless the chart says otherwise' },
    },
    context,
  )
}
