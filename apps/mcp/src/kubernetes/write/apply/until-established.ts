import { setTimeout as sleep } from 'node:timers/promises'
import { isRecord } from '../../../effect/is-record.ts'
import type { KubeObject } from '../../../effect/kube-object.ts'
import { collectionPath, describeTarget, type Target } from '../../../kube/discovery/api-resource.ts'
import type { KubeContext } from '../../../kube/kube-context.ts'
import { ToolError } from '../../../tool/tool-error.ts'

const limitMs = 10_000
const pollMs = 100

/** Waits until objects of a new definition can be written: it is established, and its paths answer. */
export async function untilEstablished(
  target: Target,
  { kube, signal }: Pick<KubeContext, 'kube' | 'signal'>,
): Promise<void> {
  const deadline = Date.now() + limitMs
  for (;;) {
    const definition = await kube.read(target)
    if (isEstablished(definition) && (await answers(definition, kube))) return
    if (Date.now() > deadline) {
      throw new ToolError('Timeout', `${describeTarget(target)} was not established within 10 seconds.`)
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {
      throw new ToolError('Cancelled', 'the call was cancelled.')
    })
  }
}

function isEstablished({ status }: KubeObject): boolean {
  const conditions = isRecord(status) ? status.conditions : undefined
  return Array.isArray(conditions) && conditions.some((each) => each?.type === 'Established' && each.status === 'True')
}

/** Established says that it will be served; for a moment longer its paths may still not be found. */
async function answers({ spec }: KubeObject, kube: KubeContext['kube']): Promise<boolean> {
  const { group, names, versions } = spec as {
    group: string
    names: { plural: string; kind: string }
    versions: { name: string; served: boolean }[]
  }
  const paths = versions
    .filter(({ served }) => served)
    .map(({ name: version }) =>
      collectionPath({ group, version, plural: names.plural, namespaced: false } as Target['resource']),
    )
  const found = await Promise.all(paths.map((path) => isFound(kube, path)))
  return found.every((each) => each)
}

async function isFound(kube: KubeContext['kube'], path: string): Promise<boolean> {
  try {
    await kube.get(path, { query: { limit: 1 } })
    return true
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    // Who may write these objects but not list them gets Forbidden here, which means: it is served.
    return error.code !== 'NotFound' && error.code !== 'Unavailable'
  }
}
