import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { startInstallation } from '../start-installation.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import type { Bench } from './bench.ts'

const origin = resolve(import.meta.dirname, '../../..')
/** Settings of the product: this machine may have some, a new one has none. */
const ofTheProduct =
  /^(?:LLM_|MCP_|K8S_|JWT_|POSTGRES_|REDIS_|AUDIT_|GRANT_|REDACTION_|SETUP_|KUBECONFIG$|HOST$|PORT$|PUBLIC_URL$|DEBUG$|LOG_LEVEL$|\w+_API_KEY$)/

/**
 * What is committed here, as a clone that has nothing: `./fairlead up` fetches the packages (Node as well, where none fits)
 * into an empty cache, and builds the page. Then once more. Needs a registry.
 */
export const freshStart: Bench = async (_servers, report) => {
  await using folder = await temporaryFolder()
  const checkout = join(folder.path, 'fairlead')
  await promisify(execFile)('git', ['clone', '--quiet', '--no-hardlinks', origin, checkout])
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !ofTheProduct.test(name))),
    npm_config_cache: join(folder.path, 'npm'),
  }
  for (const [name, seconds] of [
    ['fresh clone: packages, page and start, until the page answers', 90],
    ['the same clone a second time', 5],
  ] as const) {
    const up = await startInstallation(checkout, { stateFolder: join(folder.path, 'state'), env })
    report({ name, value: up.startedMs / 1000, unit: 's', bar: { atMost: seconds } })
    await up.stop()
  }
}
