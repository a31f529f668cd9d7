import type { ProxiedRequest } from '@fairlead/testing/cluster/fault-proxy'
import { reconcile } from '@fairlead/testing/cluster/reconcile'
import { expect } from 'vitest'
import type { Installation } from './installation.fixture.ts'

/**
 * Every write in the cluster has its approval, every approved write that was told of is there, and there were some. Of
 * what the tool server sent, wherever to and under whatever name, nothing else was to write.
 */
export async function expectReconciled(
  { apiServer, owner, toCluster }: Installation,
  api: string,
  namespaces: readonly string[],
): Promise<void> {
  const read = async (path: string) => (await owner.json(api, 'GET', path)).body
  const found = await reconcile({ apiServer, namespaces, read })
  expect(found).toEqual({ writes: found.writes, strangers: [], missing: [] })
  expect(found.writes).toBeGreaterThan(0)
  const sent = toCluster.requests.filter(isWrite)
  expect(sent.filter(({ headers }) => !/ call\/\S+$/.test(headers['user-agent'] ?? ''))).toEqual([])
  expect(sent.length).toBeGreaterThan(0)
}

/** One that would change something: a command in a pod, or else no read, no dry run, no question about rights. */
function isWrite({ method, path, body }: ProxiedRequest): boolean {
  const isDryRun = path.includes('dryRun=All') || body.includes('"dryRun":["All"]')
  return /\/exec\?/.test(path) || (method !== 'GET' && !isDryRun && !/reviews(\?|$)/.test(path))
}
