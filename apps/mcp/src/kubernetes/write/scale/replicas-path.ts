import type { ApiResource } from '../../../kube/discovery/api-resource.ts'
import type { Kube } from '../../../kube/kube.ts'
import { ToolError } from '../../../tool/tool-error.ts'

const USUAL = '/spec/replicas'

type CustomResourceDefinition = {
  spec?: { versions?: { name?: string; subresources?: { scale?: { specReplicasPath?: string } } }[] }
}

/**
 * Where objects of a type keep their number of replicas, as a JSON Pointer. A custom resource says so in its definition;
 * when that may not be read, the usual place is taken.
 */
export async function replicasPath(kube: Kube, { group, plural, version }: ApiResource): Promise<string> {
  if (!group.includes('.') || group.endsWith('.k8s.io')) return USUAL
  const name = encodeURIComponent(`${plural}.${group}`)
  try {
    const definition = await kube.get<CustomResourceDefinition>(
      `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`,
    )
    const served = definition.spec?.versions?.find((each) => each.name === version)
    return served?.subresources?.scale?.specReplicasPath?.replaceAll('.', '/') ?? USUAL
  } catch (error) {
    if (error instanceof ToolError && (error.code === 'Forbidden' || error.code === 'NotFound')) return USUAL
    throw error
  }
}
