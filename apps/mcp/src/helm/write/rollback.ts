import { z } from 'zod'
import { asRendered } from '../../helm-cli/generated-values.ts'
import type { HelmContext } from '../../helm-cli/helm-context.ts'
import type { HelmPlan, ReleaseAct } from '../../helm-cli/helm-plan.ts'
import { hookObjects } from '../../helm-cli/judge-record.ts'
import { chartText, isPending } from '../../helm-cli/release-record.ts'
import { renderedObjects } from '../../helm-cli/rendered.ts'
import { required } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { defineTool } from '../shared/define-tool.ts'
import { newestRelease, revisionsOf, writtenBy } from '../shared/newest-release.ts'
import { anyNamespace, release, wait } from '../shared/params.ts'
import { planHooks, planObjects } from '../shared/plan-objects.ts'
import { assembled, releasePlan } from '../shared/plan-release.ts'
import { waitFlags } from '../shared/wait-flags.ts'

const SECONDS = 240

export const helmRollback = defineTool({
  name: 'helm_rollback',
  title: 'Rollback Helm Release',
  description:
    'Go back to an earlier revision of a release (0: the one before), as a new revision. helm_history lists them.',
  changes: 'destroy',
  idempotent: false,
  openWorld: false,
  input: z.object({
    release_name: release,
    revision: required('revision', integer(0, Number.POSITIVE_INFINITY), { description: '0: the one before' }),
    namespace: anyNamespace,
    wait,
  }),
  seconds: () => SECONDS + 30,
  plan: planRollback,
})

type Args = { release_name: string; revision: number; namespace: string | null; wait: boolean }

async function planRollback(args: Args, context: HelmContext): Promise<HelmPlan> {
  const { helm, pins } = context
  const place = { release: args.release_name, namespace: args.namespace ?? context.defaultNamespace }
  const newest = await newestRelease(place, context)
  const revision = await targetRevision(args, { newest: newest.version, pins, place }, context)
  const [target, { major }] = await Promise.all([helm.records.read({ ...place, revision }), helm.version()])
  const [written, wanted, hooks] = await Promise.all([
    writtenBy(newest, context),
    renderedObjects(target.manifest ?? '', context),
    hookObjects(target, context),
  ])
  const rendered = { objects: wanted.map(asRendered), hooks: hooks.map(asRendered) }
  const act: ReleaseAct = {
    what: 'release',
    ...place,
    args: [
      'rollback',
      `--namespace=${place.namespace}`,
      `--timeout=${SECONDS}s`,
      ...waitFlags({ ...args, objects: rendered.objects, major }),
    ],
    operands: [args.release_name, String(revision)],
    revision: newest.version,
    makes: [newest.version + 1],
    deletes: 'older',
    leaves: 'revision',
    rendered,
  }
  const { objectPlans, kept } = await planObjects(
    { former: written.at(-1) ?? [], written, wanted: rendered.objects, act },
    context,
  )
  const hookPlans = await planHooks(
    { hooks: target.hooks ?? [], rendered: rendered.hooks, verb: 'rollback', act },
    context,
  )
  const itself = releasePlan({ former: newest, later: { ...target, version: newest.version + 1 } }, act, context)
  const where = { release_name: args.release_name, ...(args.namespace !== null && { namespace: args.namespace }) }
  return assembled(
    {
      act,
      // Nobody says what is in them: it was there before.
      objectPlans: [itself, ...objectPlans, ...hookPlans].map((plan) => ({ ...plan, putsBack: true })),
      pins: { revision: newest.version, to_revision: revision },
      summary: `Roll release ${place.namespace}/${place.release} back from revision ${newest.version} to ${revision} (chart ${chartText(target)}), as revision ${newest.version + 1}`,
      undo: { tool: 'helm_rollback', args: { ...where, revision: newest.version } },
      signals: [
        { risk: 'medium', reason: `rolls release ${place.release} back` },
        ...(isPending(newest)
          ? [
              {
                risk: 'medium' as const,
                reason: `revision ${newest.version} is ${newest.info.status}: an operation is under way, or was broken off`,
              },
            ]
          : []),
        ...(kept.length === 0
          ? []
          : [{ risk: 'low' as const, reason: `stays in the cluster (resource-policy: keep): ${kept.join(', ')}` }]),
      ],
    },
    context,
  )
}

/** As helm counts: the revision before the newest one, whatever became of it. */
async function targetRevision(
  { revision, release_name }: Args,
  { newest, pins, place }: { newest: number; pins: HelmContext['pins']; place: { release: string; namespace: string } },
  context: HelmContext,
): Promise<number> {
  const known = (await revisionsOf(place, context)).map((head) => head.revision).toReversed()
  const wanted =
    revision !== 0
      ? revision
      : typeof pins.to_revision === 'number'
        ? pins.to_revision
        : known.findLast((each) => each < newest)
  if (wanted === undefined)
    throw new ToolError('NotFound', `release ${release_name} in ${place.namespace} has no revision before ${newest}.`)
  if (!known.includes(wanted))
    throw new ToolError(
      'NotFound',
      `revision ${wanted} of release ${release_name} in ${place.namespace} not found. Known revisions: ${known.join(', ')}.`,
    )
  return wanted
}
