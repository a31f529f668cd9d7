import { z } from 'zod'
import { changesOf, nameForPeople } from '../../effect/effect-object.ts'
import { name, namespace } from '../../input/object-params.ts'
import { optional } from '../../input/parameter.ts'
import { integer } from '../../input/reader.ts'
import { describeTarget } from '../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import { planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { chooseRevision } from '../../kube/workloads/choose-revision.ts'
import type { Revision } from '../../kube/workloads/rollout-revisions.ts'
import { ToolError } from '../../tool/tool-error.ts'
import { rolloutTarget, stateAfter } from '../shared/decided-plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { revisionsOf } from '../shared/replica-sets.ts'
import type { Rollout } from '../shared/rollout.ts'
import { readObserved } from '../shared/until-observed.ts'
import { type TemplateHolder, templateHolder } from '../shared/workload-reference.ts'
import { courseOfUndo } from './undo/course-of-undo.ts'
import { formerTemplate } from './undo/former-template.ts'

export const argoUndo = defineTool({
  name: 'argo_undo',
  title: 'Undo Argo Rollout',
  description:
    'Go back to the pod template of an earlier revision, which then is rolled out as a new update. argo_history lists them.',
  changes: 'destroy',
  idempotent: false,
  openWorld: false,
  input: z.object({
    name,
    namespace,
    to_revision: optional('to_revision', integer(0, Number.POSITIVE_INFINITY), null),
  }),
  async plan(args, context): Promise<KubePlan> {
    const { kube, pins } = context
    const target = await rolloutTarget(args, context)
    const rollout = await readObserved(target, context)
    const revisions = await revisionsOf(kube, rollout)
    const { from, to } = chooseRevision(revisions, { requested: args.to_revision, pins, target })
    const named = nameForPeople({ ...rollout, ...rollout.metadata })
    const isSame = ([objectPlan]: readonly KubeObjectPlan[]) =>
      objectPlan !== undefined && changesOf(objectPlan).length === 0
    return {
      namespace: target.namespace,
      pins: { from_revision: from.revision, to_revision: to.revision },
      objects: [
        {
          plan: () =>
            readConsistently(async () => {
              const holder = await templateHolder(target, await readObserved(target, context), kube)
              requireSame(holder, rollout)
              return planTemplate(holder, formerTemplate(holder, from, to), context)
            }),
        },
      ],
      summary: (objectPlans) =>
        isSame(objectPlans)
          ? `${named} already matches the template of revision ${to.revision}`
          : `Undo ${named}: from revision ${from.revision} to the template of revision ${to.revision}; ${courseOfUndo(rollout, { to, revisions })}`,
      undo: () => ({
        tool: 'argo_undo',
        args: {
          name: args.name,
          ...(args.namespace !== null && { namespace: args.namespace }),
          to_revision: from.revision,
        },
      }),
      signals: () => [{ risk: 'medium', reason: `rolls ${named} back to an earlier version` }],
      report: (objectPlans) =>
        isSame(objectPlans)
          ? `rollout.argoproj.io/${args.name} skipped (template already matches)`
          : `rollout.argoproj.io/${args.name} undone, revision ${from.revision} -> ${to.revision}`,
      settle: (objectPlans) =>
        isSame(objectPlans)
          ? Promise.resolve({ output: `rollout.argoproj.io/${args.name} skipped (template already matches)` })
          : stateAfter(target, `undone, revision ${from.revision} -> ${to.revision}`, context),
    }
  },
})

/** The revision was chosen for this very Rollout; one made anew under its name has others. */
function requireSame({ target, object }: TemplateHolder, chosenFor: Rollout): void {
  if (object.kind !== 'Rollout' || object.metadata.uid === chosenFor.metadata.uid) return
  throw new ToolError('Conflict', `${describeTarget(target)} has been deleted and made again.`)
}

async function planTemplate(
  { target, object, path }: TemplateHolder,
  template: Revision['template'],
  context: Pick<KubeContext, 'kube'>,
): Promise<KubeObjectPlan> {
  const patch = [{ op: 'replace' as const, path, value: template }]
  const objectPlan = await planPatch(target, object, { verb: 'patch', type: 'json', patch }, context, {
    putsBack: true,
  })
  const isSame = !changesOf(objectPlan).some(({ path: changed }) => changed.startsWith(path))
  return isSame ? { ...objectPlan, after: object } : objectPlan
}
