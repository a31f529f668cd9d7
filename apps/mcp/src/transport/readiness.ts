import { serverItself } from '../kube/caller.ts'
import type { Cluster } from '../kube/cluster.ts'
import type { Clusters } from '../kube/clusters.ts'
import { baseUserAgent } from '../kube/kube.ts'

const FRESH_MS = 5_000
const PROBE_MS = 2_000

export type Gate = {
  mode: string
  identity: string
  grant_store: string
  keys: readonly string[]
  exec_read_allowlist: boolean
}

/** Whether calls can be served, which the default cluster decides. `checks.gate` lets an engine see whether both agree; it never makes the answer 503. */
export function createReadiness({
  clusters,
  isClosing,
  gate,
  helm,
}: {
  clusters: Clusters
  isClosing: () => boolean
  gate: () => Gate
  /** Undefined where no tool needs it. */
  helm: () => Promise<{ isThere: boolean; text: string } | undefined>
}): () => Promise<{ status: 200 | 503; body: unknown }> {
  const probes = clusters.all.map(({ cluster }) => rememberedProbe(cluster))
  return async () => {
    // One cluster of several that is away takes the others from nobody.
    const [kubernetes = 'ok', ...others] = await Promise.all(probes.map((probe) => probe()))
    const names = clusters.all.map(({ cluster }) => cluster.name)
    const each = Object.fromEntries([kubernetes, ...others].map((result, index) => [names[index], result]))
    const found = await helm()
    const checks = {
      kubernetes,
      ...(others.length > 0 && { clusters: each }),
      ...(found && { helm: found.isThere ? 'ok' : found.text }),
      gate: gate(),
    }
    // Without helm everything else goes on.
    const missing_tools = found?.isThere === false ? ['helm'] : []
    const isReady = kubernetes === 'ok' && !isClosing()
    if (!isReady) return { status: 503, body: { status: 'error', missing_tools, checks } }
    return { status: 200, body: { status: 'ready', ...(missing_tools.length > 0 && { missing_tools }), checks } }
  }
}

function rememberedProbe(cluster: Cluster): () => Promise<string> {
  let probed: { result: Promise<string>; until: number } | undefined
  return () => {
    if (probed === undefined || probed.until < Date.now())
      probed = { result: probe(cluster), until: Date.now() + FRESH_MS }
    return probed.result
  }
}

async function probe(cluster: Cluster): Promise<string> {
  try {
    const { statusCode, body } = await cluster.send({
      method: 'GET',
      path: '/version',
      caller: serverItself,
      userAgent: baseUserAgent,
      signal: AbortSignal.timeout(PROBE_MS),
    })
    await body.dump()
    return statusCode === 200 ? 'ok' : `the API server answered ${statusCode}`
  } catch (fault) {
    return fault instanceof Error ? fault.message : String(fault)
  }
}
