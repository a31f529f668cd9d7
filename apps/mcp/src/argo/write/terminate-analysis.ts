import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import { name, namespace } from '../../input/object-params.ts'
import { planPatch } from '../../kube/plan/plan-patch.ts'
import { readConsistently } from '../../kube/read-consistently.ts'
import type { KubeObjectPlan, KubePlan } from '../../kube/target/kube-plan.ts'
import { type AnalysisRun, asAnalysisRun, ownerText } from '../shared/analysis-run.ts'
import { argoResource } from '../shared/argo-resource.ts'
import { defineTool } from '../shared/define-tool.ts'
import { unchangedPlan } from '../shared/plan-rollout.ts'

const ended = new Set(['Successful', 'Failed', 'Error', 'Inconclusive'])

export const argoTerminateAnalysis = defineTool({
  name: 'argo_terminate_analysis',
  title: 'Terminate Argo Analysis Run',
  description: 'End an AnalysisRun early: it counts by what it has measured so far, and its Rollout goes on by that.',
  group: 'argo-extra',
  changes: 'write',
  idempotent: true,
  openWorld: false,
  input: z.object({ name, namespace }),
  async plan(args, context): Promise<KubePlan> {
    const { kube } = context
    const resource = await argoResource(kube, 'AnalysisRun')
    const target = { resource, namespace: args.namespace ?? context.defaultNamespace, name: args.name }
    const planNow = async (): Promise<KubeObjectPlan> => {
      const run = asAnalysisRun(await kube.read(target))
      if (whyNothing(run) !== undefined) return unchangedPlan(target, run, context)
      const patch = { spec: { terminate: true } }
      const plan = await planPatch(
        target,
        run,
        { verb: 'patch', type: 'merge', patch, fieldValidation: 'Strict' },
        context,
      )
      const reason = `ends the analysis that guards ${ownerText(run)}`
      return { ...plan, signals: [...(plan.signals ?? []), { risk: 'medium', reason }] }
    }
    return {
      namespace: target.namespace,
      objects: [{ plan: () => readConsistently(planNow) }],
      summary: ([objectPlan]) => (objectPlan?.before === undefined ? '' : summaryOf(asAnalysisRun(objectPlan.before))),
      undo: () => ({ impossible: 'an analysis that was ended does not go on' }),
      report: () => `analysisrun.argoproj.io/${args.name} is told to end`,
      settle: async () => {
        const { status } = asAnalysisRun(await kube.read(target))
        const phase = status.phase ?? 'Pending'
        return { output: `analysisrun.argoproj.io/${args.name} is told to end\nNow: ${phase}`, data: { phase } }
      },
    }
  },
})

function summaryOf(run: AnalysisRun): string {
  const named = nameForPeople({ ...run, ...run.metadata })
  return whyNothing(run) ?? `Terminate ${named} (${run.status.phase ?? 'Pending'}) of ${ownerText(run)}`
}

function whyNothing(run: AnalysisRun): string | undefined {
  const named = nameForPeople({ ...run, ...run.metadata })
  const { phase = 'Pending' } = run.status
  if (ended.has(phase)) return `${named} has ended already: ${phase}`
  const { terminate } = (run.spec ?? {}) as { terminate?: boolean }
  return terminate === true ? `${named} is being terminated already` : undefined
}
