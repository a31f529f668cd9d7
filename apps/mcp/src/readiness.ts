import { serverItself } from './kube/caller.ts'
import type { Cluster } from './kube/cluster.ts'
import { baseUserAgent } from './kube/kube.ts'

const FRESH_MS = 5_000
const PROBE_MS = 2_000

export type Gate = {
  mode: string
  identity: string
  grant_store: string
  keys: readonly string[]
  exec_read_allowlist: boolean
}

/** Whether calls can be served. `checks.gate` lets an engine see whether both agree; it never makes the answer 503. */
export function createReadiness({
  cluster,
  isClosing,
  gate,
}: {
  cluster: Cluster
  isClosing: () => boolean
  gate: () => Gate
}): () => Promise<{ status: 200 | 503; body: unknown }> {
  let probed: { result: Promise<string>; until: number } | undefined
  const kubernetes = (): Promise<string> => {
    if (probed === undefined || probed.until < Date.now())
      probed = { result: probe(cluster), until: Date.now() + FRESH_MS }
    return probed.result
  }
  return async () => {
    const checks = { kubernetes: await kubernetes(), gate: gate() }
    if (checks.kubernetes === 'ok' && !isClosing()) return { status: 200, body: { status: 'ready', checks } }
    return { status: 503, body: { status: 'error', missing_tools: [], checks } }
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
