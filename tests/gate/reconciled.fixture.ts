import { reconcile } from '@fairlead/testing/reconcile'
import { expect } from 'vitest'
import type { Installation } from './installation.fixture.ts'

/** Every write in the cluster has its approval, every approved write that was told of is there, and there were some. */
export async function expectReconciled(
  { apiServer, owner }: Installation,
  api: string,
  namespaces: readonly string[],
): Promise<void> {
  const read = async (path: string) => (await owner.json(api, 'GET', path)).body
  const found = await reconcile({ apiServer, namespaces, read })
  expect(found).toEqual({ writes: found.writes, strangers: [], missing: [] })
  expect(found.writes).toBeGreaterThan(0)
}
