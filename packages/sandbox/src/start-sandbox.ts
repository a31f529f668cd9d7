import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { bootstrap } from './api/bootstrap.ts'
import { createCluster, type User } from './api/cluster.ts'
import { handleRequest } from './api/http/handle-request.ts'
import { forgetfulJournal, openJournal } from './api/journal.ts'
import { PodLogs } from './api/pod-logs.ts'
import { Store } from './api/store.ts'
import { type Clock, realClock } from './clock.ts'
import { startControllers } from './controllers/start-controllers.ts'
import { selfSignedCertificate } from './self-signed-certificate.ts'

export type SandboxOptions = {
  /** Where its objects are kept, and its kubeconfig. Without one nothing is kept. */
  stateDir?: string
  /** 0, or left out: any free one. */
  port?: number
  clock?: Clock
  /** `false`: an API server alone; nothing happens to what is written. */
  hasControllers?: boolean
  /** Hears of errors that are the sandbox's own. */
  onBug?: (error: unknown) => void
}

export type Sandbox = {
  /** `https://127.0.0.1:PORT` */
  url: string
  /** Text of a kubeconfig of the administrator; a YAML document. */
  kubeconfig: string
  /** File of the same; undefined without a folder. */
  kubeconfigFile: string | undefined
  /** The certificate that the server shows, PEM. */
  ca: string
  /** The administrator's bearer token. */
  token: string
  /** A token of another user, who may do what RBAC gives them. */
  issueToken(user: User): string
  stop(): Promise<void>
}

/** A small Kubernetes cluster in this process, on loopback. Throws when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { stateDir, port = 0, clock = realClock, hasControllers = true, onBug = () => undefined } = options
  const journal = stateDir === undefined ? forgetfulJournal() : openJournal(join(stateDir, 'objects'))
  const store = new Store(journal, (change) => journal.append(change))
  const compact = () => journal.compact(store.all(), store.revision)
  compact()
  store.listen(compact)
  const { cert, key } = selfSignedCertificate('fairlead-sandbox')
  const cluster = createCluster({ store, clock, logs: new PodLogs(), ca: cert })
  bootstrap(cluster)
  const stopControllers = hasControllers ? startControllers(cluster, onBug) : () => undefined

  const token = tokenOf(stateDir)
  const users = new Map<string, User>([[token, { name: 'admin', groups: ['system:masters'] }]])
  let address = ''
  const serving = { cluster, users, address: () => address, onBug }
  const server = createServer({ cert, key }, (request, response) => {
    void handleRequest(serving, request, response)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', (error) => {
      stopControllers()
      journal.close()
      failed(error)
    })
    server.listen(port, '127.0.0.1', listening)
  })
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const url = `https://${address}`
  const kubeconfig = kubeconfigText({ url, ca: cert, token })
  const kubeconfigFile = stateDir === undefined ? undefined : join(stateDir, 'kubeconfig')
  if (kubeconfigFile !== undefined) writeAside(kubeconfigFile, kubeconfig)

  return {
    url,
    kubeconfig,
    kubeconfigFile,
    ca: cert,
    token,
    issueToken(user) {
      const issued = randomBytes(20).toString('hex')
      users.set(issued, user)
      return issued
    },
    async stop() {
      stopControllers()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      journal.close()
    },
  }
}

function tokenOf(stateDir: string | undefined): string {
  const fresh = randomBytes(20).toString('hex')
  if (stateDir === undefined) return fresh
  mkdirSync(stateDir, { recursive: true, mode: 0o700 })
  const file = join(stateDir, 'token')
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    writeAside(file, `${fresh}\n`)
    return fresh
  }
}

function writeAside(file: string, text: string): void {
  writeFileSync(`${file}.part`, text, { mode: 0o600 })
  renameSync(`${file}.part`, file)
}

/** JSON is valid YAML. */
function kubeconfigText({ url, ca, token }: { url: string; ca: string; token: string }): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'sandbox', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'admin', namespace: 'default' } }],
    'current-context': 'sandbox',
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
