import { spawnSync } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiServer } from '../cluster/api-server.ts'
import { helmPath } from '../cluster/helm-path.ts'

/** Past the product, as the administrator. */
export async function runHelm(major: 3 | 4, api: ApiServer, args: readonly string[]): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'fairlead-helm-test-'))
  const env = {
    PATH: `${await helmPath(major)}:/usr/bin:/bin`,
    HOME: home,
    KUBECONFIG: api.kubeconfig,
    HELM_CONFIG_HOME: home,
    HELM_CACHE_HOME: home,
    HELM_DATA_HOME: home,
  }
  const { status, stdout, stderr } = spawnSync('helm', [...args], { env, cwd: home, encoding: 'utf8' })
  if (status !== 0) throw new Error(`helm ${args.join(' ')}: ${stderr}`)
  return stdout
}
