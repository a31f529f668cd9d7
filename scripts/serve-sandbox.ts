import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../packages/sandbox/src/start-sandbox.ts'
import { issueCertificate } from '../packages/service-kit/src/certificate.ts'
import { connectApiServer } from '../packages/testing/src/cluster/api-server.ts'
import type { ApiServerAddress } from '../packages/testing/src/cluster/api-server-address.ts'
import { writeKubeconfig } from '../packages/testing/src/cluster/kubeconfig.ts'

/**
 * Runs a sandbox in a folder until a signal ends it, and writes its address to `address.json` there: what tests must
 * know of an API server.
 */
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('node scripts/serve-sandbox.ts FOLDER')
  process.exit(1)
}
const pki = join(folder, 'pki')
mkdirSync(pki, { recursive: true })
const auditLog = join(folder, 'audit.log')
writeFileSync(auditLog, '')
const sandbox = await startSandbox({ stateDir: folder, auditLog, onBug: (error) => console.error(error) })
const caFile = join(pki, 'ca.crt')
const certFile = join(pki, 'apiserver.crt')
const keyFile = join(pki, 'apiserver.key')
const { authority } = sandbox
const own = issueCertificate(authority, { commonName: 'localhost', use: 'server', hosts: ['localhost', '127.0.0.1'] })
writeFileSync(caFile, authority.cert)
writeFileSync(certFile, own.cert)
writeFileSync(join(pki, 'ca.key'), authority.key, { mode: 0o600 })
writeFileSync(keyFile, own.key, { mode: 0o600 })
const { url, token } = sandbox
const address: ApiServerAddress = {
  kubeconfig: await writeKubeconfig(join(folder, 'admin.kubeconfig'), { server: url, caFile, user: 'admin', token }),
  url,
  token,
  caFile,
  auditLog,
  stateDir: folder,
  hasNodes: true,
  hasController: true,
  hasRollouts: false,
  certFile,
  keyFile,
}
await raisePodLimit(address)
const file = join(folder, 'address.json')
writeFileSync(`${file}.part`, JSON.stringify(address))
renameSync(`${file}.part`, file)
console.log(file)
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.stop().then(() => process.exit(0)))
}

/** The namespaces of a whole run keep their pods, which are more than an ordinary node takes. */
async function raisePodLimit(server: ApiServerAddress): Promise<void> {
  const { request } = connectApiServer(server)
  const pods = { pods: '5000' }
  for (const name of ['node-1', 'node-2', 'node-3']) {
    const patch = { status: { capacity: pods, allocatable: pods } }
    const { status, body } = await request(
      'PATCH',
      `/api/v1/nodes/${name}/status`,
      patch,
      'application/merge-patch+json',
    )
    if (status !== 200) throw new Error(`${name} did not get a higher limit of pods: ${status} ${JSON.stringify(body)}`)
  }
}
