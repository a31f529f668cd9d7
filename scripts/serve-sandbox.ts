import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox } from '../packages/sandbox/src/start-sandbox.ts'

/**
 * Runs a sandbox in a folder until it is told to stop, and writes `address.json` there: with FAIRLEAD_API_SERVER naming
 * that file, tests that share an API server use the sandbox in its place.
 */
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  console.error('node scripts/serve-sandbox.ts FOLDER')
  process.exit(1)
}
const sandbox = await startSandbox({ stateDir: folder, onBug: (error) => console.error(error) })
const caFile = join(folder, 'ca.crt')
writeFileSync(caFile, sandbox.ca)
const address = {
  kubeconfig: sandbox.kubeconfigFile,
  url: sandbox.url,
  token: sandbox.token,
  caFile,
  auditLog: '',
  stateDir: folder,
  hasNodes: true,
  hasController: true,
  certFile: '',
  keyFile: '',
}
writeFileSync(join(folder, 'address.json'), JSON.stringify(address))
console.log(join(folder, 'address.json'))
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void sandbox.stop().then(() => process.exit(0)))
}
