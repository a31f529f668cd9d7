import type { ApiResource } from '../../kube/discovery/api-resource.ts'
import type { Kube } from '../../kube/kube.ts'
import { ToolError } from '../../tool/tool-error.ts'

export type ArgoKind = 'Rollout' | 'Experiment' | 'AnalysisRun'

/** Throws `NotInstalled` where the cluster does not know the kind. */
export async function argoResource(kube: Pick<Kube, 'resourceOf'>, kind: ArgoKind): Promise<ApiResource> {
  const resource = await kube.resourceOf({ apiVersion: 'argoproj.io/v1alpha1', kind })
  if (resource !== undefined) return resource
  throw new ToolError(
    'NotInstalled',
    `this cluster serves no ${kind}s (argoproj.io/v1alpha1): Argo Rollouts is not installed in it.`,
    {
      hint: 'An administrator installs it with its Helm chart, argo-rollouts. Deployments have k8s_rollout_status and k8s_rollout_undo.',
    },
  )
}
