import type { KubeObject } from '../../effect/kube-object.ts'
import type { Target } from '../../kube/discovery/api-resource.ts'
import type { Kube } from '../../kube/kube.ts'
import { ToolError } from '../../tool/tool-error.ts'
import type { Rollout } from './rollout.ts'

/** What holds the pod template of a Rollout: it itself, or what it refers to. */
export type TemplateHolder = {
  target: Target
  object: KubeObject
  /** Where in the object the template stands, as a JSON Pointer. */
  path: string
}

/** Throws where the Rollout has none, or the reference leads nowhere. */
export async function referencedWorkload(
  { spec, metadata }: Rollout,
  kube: Pick<Kube, 'resourceOf' | 'read'>,
): Promise<TemplateHolder> {
  const { apiVersion = '', kind = '', name = '' } = spec.workloadRef ?? {}
  const resource = await kube.resourceOf({ apiVersion, kind })
  if (resource === undefined)
    throw new ToolError(
      'Invalid',
      `Rollout ${metadata.namespace}/${metadata.name} refers to a ${kind} (${apiVersion}), which the cluster does not serve.`,
    )
  const target = { resource, namespace: metadata.namespace, name }
  return { target, object: await kube.read(target), path: kind === 'PodTemplate' ? '/template' : '/spec/template' }
}

export async function templateHolder(target: Target, rollout: Rollout, kube: Kube): Promise<TemplateHolder> {
  return rollout.spec.workloadRef === undefined
    ? { target, object: rollout, path: '/spec/template' }
    : referencedWorkload(rollout, kube)
}
