import type { Undo } from '@fairlead/contract/effect/effect'
import { z } from 'zod'
import { asRendered } from '../../helm-cli/generated-values.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import type { HelmPlan, ReleaseAct } from '../../helm-cli/helm-plan.ts'
import { hookObjects } from '../../helm-cli/judge-record.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { optional } from '../../input/parameter.ts'
import { bool } from '../../input/reader.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { newestRelease } from '../shared/newest-release.ts'
import { anyNamespace, release } from '../shared/params.ts'
import { planHooks, planObjects } from '../shared/plan-objects.ts'
import { assembled, releasePlan, requireSettled } from '../shared/plan-release.ts'

const SECONDS = 240

export const helmUninstall = defineTool({
  name: 'helm_uninstall',
  title: 'Uninstall Helm Release',
  description: 'Delete a release with all of its objects; with keep_history it can be rolled back to.',
  changes: 'destroy',
  idempotent: true,
  openWorld: false,
  input: z.object({
    release_name: release,
    namespace: anyNamespace,
    keep_history: optional('keep_history', bool, false),
  }),
  seconds: () => SECONDS + 30,
  plan: planUninstall,
})

type Args = { release_name: string; namespace: string | null; keep_history: boolean }

async function planUninstall(args: Args, context: HelmContext): Promise<HelmPlan> {
  const { helm, now } = context
  const place = { release: args.release_name, namespace: args.namespace ?? context.defaultNamespace }
  const [newest] = await Promise.all([newestRelease(place, context), helm.version()])
  if (newest.info.status === 'uninstalled')
    throw new ToolError(
      'NotFound',
      `release ${place.release} in ${place.namespace} is uninstalled already; its history is kept.`,
    )
  requireSettled(newest, now())
  const [former, hooks] = await Promise.all([
    renderedObjects(newest.manifest ?? '', context),
    hookObjects(newest, context),
  ])
  const act: ReleaseAct = {
    what: 'release',
    ...place,
    args: [
      'uninstall',
      `--namespace=${place.namespace}`,
      `--timeout=${SECONDS}s`,
      ...(args.keep_history ? ['--keep-history'] : []),
    ],
    operands: [args.release_name],
    revision: newest.version,
    makes: [],
    deletes: 'all',
    leaves: 'nothing',
  }
  const { objectPlans, kept } = await planObjects({ former, written: [], wanted: [], act }, context)
  const rendered = hooks.map(asRendered)
  const hookPlans = await planHooks({ hooks: newest.hooks ?? [], rendered, verb: 'uninstall', act }, context)
  const itself = releasePlan({ former: newest }, act, context)
  const claims = await claimsThatStay(former, place.namespace, context)
  return assembled(
    {
      act,
      objectPlans: [itself, ...objectPlans, ...hookPlans],
      pins: { revision: newest.version, to_revision: 0 },
      summary: `Uninstall release ${place.namespace}/${place.release} (revision ${newest.version}) with ${objectPlans.length} objects`,
      undo: undoOf(args, newest.version),
      signals: [
        { risk: 'high', reason: `deletes all of release ${place.release}` },
        ...(kept.length === 0
          ? []
          : [{ risk: 'low' as const, reason: `stays in the cluster (resource-policy: keep): ${kept.join(', ')}` }]),
        ...claims,
      ],
    },
    context,
  )
}

function undoOf({ release_name, namespace, keep_history }: Args, revision: number): Undo {
  if (!keep_history) return { impossible: 'the history of the release goes with it; helm_install makes a new one' }
  return { tool: 'helm_rollback', args: { release_name, ...(namespace !== null && { namespace }), revision } }
}

/** Claims that a StatefulSet has made, and CRDs of the chart, are no objects of the release. */
async function claimsThatStay(former: readonly { kind: string }[], namespace: string, { kube }: HelmContext) {
  if (!former.some(({ kind }) => kind === 'StatefulSet')) return []
  try {
    const { items } = await kube.list(await kube.resolve('persistentvolumeclaims.v1.'), { namespace })
    const names = items.map(({ metadata }) => metadata.name).slice(0, 10)
    if (names.length === 0) return []
    return [
      {
        risk: 'low' as const,
        reason: `claims of its StatefulSets stay; in ${namespace} there are ${names.join(', ')}`,
      },
    ]
  } catch (error) {
    if (error instanceof ToolError) return []
    throw error
  }
}
