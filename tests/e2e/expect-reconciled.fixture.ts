import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { reconcile } from '@fairlead/testing/cluster/reconcile'
import type { Person } from './person.fixture.ts'

/**
 * Every write of the product in these namespaces has its approval, and every write that was told of is there; or throws.
 * @param admin who may read all of the audit; resolves to how many writes there were
 */
export async function expectReconciled(
  apiServer: ApiServer,
  namespaces: readonly string[],
  admin: Person,
): Promise<number> {
  const read = async (path: string) => (await admin.request('GET', path)).body
  const { writes, ...faults } = await reconcile({ apiServer, namespaces, read })
  if (faults.strangers.length + faults.missing.length > 0) throw new Error(`not reconciled: ${JSON.stringify(faults)}`)
  return writes
}
