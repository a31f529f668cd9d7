import type { KubeObject } from '../../../effect/kube-object.ts'
import { type ApiResource, apiVersionOf, type Target } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import { ToolError } from '../../../tool/tool-error.ts'

/** What keeps a workload's replicas on its own, and where it names its target. */
const kinds = [
  { kind: 'HorizontalPodAutoscaler', group: 'autoscaling' },
  { kind: 'ScaledObject', group: 'keda.sh' },
]

/** Names of the autoscalers that target an object: `HorizontalPodAutoscaler "web"`. Those that may not be read are not known. */
export async function autoscalersOf(kube: Kube, target: Target): Promise<readonly string[]> {
  const served = await kube.resources()
  const resources = kinds.flatMap(
    ({ kind, group }) => served.find((each) => each.kind === kind && each.group === group) ?? [],
  )
  const found = await Promise.all(resources.map((resource) => namedBy(kube, resource, target)))
  return found.flat()
}

async function namedBy(kube: Kube, resource: ApiResource, target: Target): Promise<readonly string[]> {
  try {
    const { items } = await kube.list(resource, { namespace: target.namespace })
    return items
      .filter((item) => isAimedAt(item, target))
      .map(({ metadata }) => `${resource.kind} ${JSON.stringify(metadata.name)}`)
  } catch (error) {
    if (error instanceof ToolError && error.code !== 'Cancelled' && error.code !== 'Timeout') return []
    throw error
  }
}

type Aim = { scaleTargetRef?: { kind?: string; name?: string; apiVersion?: string } }

function isAimedAt({ spec }: KubeObject, { resource, name }: Target): boolean {
  const aim = (spec as Aim | undefined)?.scaleTargetRef
  if (aim === undefined || aim.name !== name) return false
  // KEDA leaves kind and version away for a Deployment.
  const { kind = 'Deployment', apiVersion = 'apps/v1' } = aim
  return kind === resource.kind && groupOf(apiVersion) === groupOf(apiVersionOf(resource))
}

function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
}
