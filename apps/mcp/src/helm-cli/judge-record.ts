import type { KubeObject } from '../effect/kube-object.ts'
import type { Reader } from '../input/read-documents.ts'
import { ToolError } from '../tool/tool-error.ts'
import { isAsRendered, type RenderedObject } from './generated-values.ts'
import type { ReleaseAct } from './helm-plan.ts'
import type { ReleaseRecord } from './release-record.ts'
import { keyOf, renderedObjects } from './rendered.ts'

/**
 * Why a record that helm is about to make is not what was approved; undefined when it is. Helm renders once more for it, and
 * writes it before it touches any object of the chart.
 */
export async function judgeRecord(
  record: ReleaseRecord,
  { rendered, namespace }: Pick<ReleaseAct, 'rendered' | 'namespace'>,
  reader: Reader,
): Promise<string | undefined> {
  if (rendered === undefined) return 'no revision was to be made'
  try {
    const objects = await renderedObjects(record.manifest ?? '', reader)
    const hooks = await hookObjects(record, reader)
    return differenceOf(rendered.objects, objects, namespace) ?? differenceOf(rendered.hooks, hooks, namespace)
  } catch (error) {
    if (error instanceof ToolError) return error.message
    throw error
  }
}

/** The object of each hook, in their order; one of several objects, or of none, stands as a list of them. */
export async function hookObjects({ hooks }: Pick<ReleaseRecord, 'hooks'>, reader: Reader): Promise<KubeObject[]> {
  return Promise.all(
    (hooks ?? []).map(async ({ kind, name, manifest }) => {
      const items = await renderedObjects(manifest ?? '', reader)
      const [object, ...others] = items
      return object !== undefined && others.length === 0
        ? object
        : { apiVersion: 'v1', kind: 'List', metadata: { name: `${kind} ${name}` }, items }
    }),
  )
}

function differenceOf(
  approved: readonly RenderedObject[],
  actual: readonly KubeObject[],
  namespace: string,
): string | undefined {
  // A list, since a chart may render two of one name: each of them must have been approved.
  const left = [...actual]
  for (const each of approved) {
    const key = keyOf(each.object, namespace)
    const same = left.filter((object) => keyOf(object, namespace) === key)
    const candidates = same.length > 0 ? same : left.filter((object) => isTwin(each, object))
    if (candidates.length === 0) return `${nameOf(each.object)} was approved, and helm renders it no more`
    const found = candidates.find((object) => isAsRendered(each, object))
    if (found === undefined) return `helm renders ${nameOf(each.object)} otherwise than it was approved`
    left.splice(left.indexOf(found), 1)
  }
  const [more] = left
  return more === undefined ? undefined : `helm renders ${nameOf(more)}, which was not approved`
}

/** One whose name is made up with each rendering. */
function isTwin({ object, generated }: RenderedObject, other: KubeObject): boolean {
  if (!generated.includes('/metadata/name') && !generated.includes('')) return false
  const start = object.metadata.name.replace(/\*$/, '')
  return other.kind === object.kind && other.apiVersion === object.apiVersion && other.metadata.name.startsWith(start)
}

function nameOf({ kind, metadata }: KubeObject): string {
  return `${kind} ${metadata.name}`
}
