import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Shutdown } from '@fairlead/service-kit/shutdown'
import type { Cluster } from './choose-cluster.ts'
import { credentialsNamespace, type Environment } from './part-settings.ts'

export type EmbeddedCluster = Cluster & {
  /** It was made now, and has a shop in it. */
  isNew: boolean
}

/**
 * The sandbox, as the cluster of somebody who named none. Its objects are kept under the state folder; the first start
 * puts a shop into it. Throws FolderInUseError when another process has it.
 */
export async function startEmbeddedCluster(
  stateFolder: string,
  env: Environment,
  shutdown: Pick<Shutdown, 'onClose'>,
): Promise<EmbeddedCluster> {
  const [{ startSandbox }, { makeNamespace, openShop }, { shop }, { lockFolder }] = await Promise.all([
    import('@fairlead/sandbox/start-sandbox'),
    import('@fairlead/sandbox/faults/open-shop'),
    import('@fairlead/sandbox/faults/shop'),
    import('@fairlead/engine/db/lock-folder'),
  ])
  const folder = join(stateFolder, 'sandbox')
  await mkdir(folder, { recursive: true })
  shutdown.onClose('sandbox-lock', await lockFolder(folder))
  const sandbox = await startSandbox({ stateDir: folder, namespace: shop.namespace, images: shop.images })
  shutdown.onClose('sandbox', sandbox.stop)
  await makeNamespace(sandbox, env.INTEGRATIONS_SECRET_NAMESPACE || credentialsNamespace)
  const kubeconfig = join(stateFolder, 'kubeconfig')
  await writeFile(kubeconfig, sandbox.kubeconfig, { mode: 0o600 })
  // Written last: a start that was cut short fills the rest at the next one, and what was deleted since stays deleted.
  const mark = join(folder, 'has-shop')
  const isNew = !(await isThere(mark))
  if (isNew) {
    await openShop(sandbox)
    await writeFile(mark, '')
  }
  return { settings: { KUBECONFIG: kubeconfig, K8S_CONTEXT: 'sandbox' }, kubeconfig, isSandbox: true, isNew }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
