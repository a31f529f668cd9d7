import { configMapsOf } from '../effect/highlights/scripts.ts'
import type { Kube } from '../kube/kube.ts'
import type { KubeObject } from '../kube/kube-object.ts'
import { ToolError } from '../tool-error.ts'
import type { Look } from './plan.ts'

/** A pod has a few; whoever names more does not want them to be read. */
const MOST = 30

/**
 * ConfigMaps that are in the cluster already and are given to pods that would be written: their commands may run what is
 * in them. What may not be read is not known.
 */
export async function mountedConfigMaps(kube: Kube, looks: readonly Look[]): Promise<KubeObject[]> {
  const written = new Set(looks.map(({ ref }) => keyOf(ref)))
  const wanted = new Map(
    looks.flatMap(({ after, ref: { namespace } }) => {
      const names = after === undefined || namespace === undefined ? [] : configMapsOf(after)
      return names.map((name) => [keyOf({ kind: 'ConfigMap', namespace, name }), { namespace, name }] as const)
    }),
  )
  const unwritten = [...wanted].filter(([key]) => !written.has(key)).slice(0, MOST)
  if (unwritten.length === 0) return []
  const resource = await kube.resolve('configmaps.v1.')
  const found = await Promise.all(
    unwritten.map(async ([, place]) => {
      try {
        return await kube.find({ resource, ...place })
      } catch (error) {
        if (error instanceof ToolError && error.code !== 'Cancelled' && error.code !== 'Timeout') return undefined
        throw error
      }
    }),
  )
  return found.filter((each) => each !== undefined)
}

function keyOf({ kind, namespace, name }: { kind: string; namespace?: string; name: string }): string {
  return JSON.stringify([kind, namespace, name])
}
