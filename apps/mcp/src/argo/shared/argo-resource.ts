import type { ApiResource } from '../../kube/discovery/api-resource.ts'
import type { Kube } from '../../kube/kube.ts'
import { ToolError } from '../../tool/tool-error.ts'

export type ArgoKind = 'Rollout' | 'Experiment' | 'AnalysisRun' | 'Application'

const rollouts = {
  product: 'Argo Rollouts',
  hint: 'An administrator installs it with its Helm chart, argo-rollouts. Deployments have k8s_rollout_status and k8s_rollout_undo.',
}
const productOf: Readonly<Record<ArgoKind, { product: string; hint: string }>> = {
  Rollout: rollouts,
  Experiment: rollouts,
  AnalysisRun: rollouts,
  Application: {
    product: 'Argo CD',
    hint: 'Argo CD may run in another cluster: its Applications are where it runs. Its Helm chart is argo-cd.',
  },
}

/** Throws `NotInstalled` where the cluster does not know the kind. */
export async function argoResource(kube: Pick<Kube, 'resourceOf'>, kind: ArgoKind): Promise<ApiResource> {
  const resource = await kube.resourceOf({ apiVersion: 'argoproj.io/v1alpha1', kind })
  if (resource !== undefined) return resource
  const { product, hint } = productOf[kind]
  throw new ToolError(
    'NotInstalled',
    `this cluster serves no ${kind}s (argoproj.io/v1alpha1): ${product} is not installed in it.`,
    { hint },
  )
}
