import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Authority, createAuthority, issueCertificate } from '@fairlead/service-kit/certificate'
import { handleRequest } from './api/http/handle-request.ts'
import { bootstrap } from './api/objects/bootstrap.ts'
import { createCluster, type User } from './api/store/cluster.ts'
import { forgetfulJournal, openJournal } from './api/store/journal.ts'
import { PodLogs } from './api/store/pod-logs.ts'
import { Store } from './api/store/store.ts'
import { type Clock, realClock } from './clock.ts'
import { startControllers } from './controllers/start-controllers.ts'
import type { Image } from './images/program.ts'

export type SandboxOptions = {
  /** Where its objects are kept, and its kubeconfig. Without one nothing is kept. */
  stateDir?: string
  /** 0, or left out: any free one. */
  port?: number
  /** That its kubeconfig begins in; default: `default`. */
  namespace?: string
  clock?: Clock
  /** What its registry has from the start. They are not kept: each start needs them. */
  images?: readonly Image[]
  /** `false`: an API server alone; nothing happens to what is written. */
  hasControllers?: boolean
  /** File that gets a line for each answered request: an `audit.k8s.io/v1` event. */
  auditLog?: string
  /** Is called with each error that is a bug of the sandbox. */
  onBug?: (error: unknown) => void
}

export type Sandbox = {
  /** `https://127.0.0.1:PORT` */
  url: string
  /** Text of a kubeconfig of the administrator; a YAML document. */
  kubeconfig: string
  /** File of the same; undefined without a folder. */
  kubeconfigFile: string | undefined
  /** The authority of the server's certificate and of its clients', PEM; another one at each start. */
  ca: string
  /** The same with its private key, which can sign a certificate for any user. */
  authority: Authority
  /** The administrator's bearer token. */
  token: string
  /** A token of another user, who may do what RBAC gives them. */
  issueToken(user: User): string
  /** Puts images into its registry; those of the same name are replaced. */
  addImages(images: readonly Image[]): void
  stop(): Promise<void>
}

const HOSTS = ['localhost', '127.0.0.1']

/** A small Kubernetes cluster in this process, on loopback. Throws when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    stateDir,
    port = 0,
    namespace = 'default',
    clock = realClock,
    images = [],
    hasControllers = true,
    auditLog,
    onBug = () => undefined,
  } = options
  const { store, journal } = openStore(stateDir)
  const authority = createAuthority('fairlead-sandbox')
  const ca = authority.cert
  const cluster = createCluster({ store, clock, logs: new PodLogs(), ca })
  cluster.registry.add(images)
  bootstrap(cluster)
  const stopControllers = hasControllers ? startControllers(cluster, onBug) : () => undefined

  const token = tokenOf(stateDir)
  const users = new Map<string, User>([[token, { name: 'admin', groups: ['system:masters'] }]])
  let address = ''
  const audit =
    auditLog === undefined ? undefined : (event: object) => appendFileSync(auditLog, `${JSON.stringify(event)}\n`)
  const serving = { cluster, users, address: () => address, onBug, audit }
  // A client without a certificate may have a token.
  const clients = { ca, requestCert: true, rejectUnauthorized: false }
  const own = issueCertificate(authority, { commonName: 'localhost', use: 'server', hosts: HOSTS })
  const server = createServer({ ...own, ...clients }, (request, response) => {
    void handleRequest(serving, request, response)
  })
  try {
    address = `127.0.0.1:${await listen(server, port)}`
  } catch (error) {
    stopControllers()
    journal.close()
    throw error
  }
  const url = `https://${address}`
  return {
    url,
    ...writeKubeconfig(stateDir, { url, ca, token, namespace }),
    ca,
    authority,
    token,
    issueToken(user) {
      const issued = randomBytes(20).toString('hex')
      users.set(issued, user)
      return issued
    },
    addImages: (more) => cluster.registry.add(more),
    async stop() {
      stopControllers()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      journal.close()
    },
  }
}

/** The objects of the last start, and the journal that keeps them. */
function openStore(stateDir: string | undefined) {
  const journal = stateDir === undefined ? forgetfulJournal() : openJournal(join(stateDir, 'objects'))
  const store = new Store(journal, (change) => journal.append(change))
  const compact = () => journal.compact(store.all(), store.revision)
  compact()
  store.listen(compact)
  return { store, journal }
}

/** The port that the server listens on. */
async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
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

type Access = { url: string; ca: string; token: string; namespace: string }

function writeKubeconfig(stateDir: string | undefined, access: Access) {
  const kubeconfig = kubeconfigText(access)
  const kubeconfigFile = stateDir === undefined ? undefined : join(stateDir, 'kubeconfig')
  if (kubeconfigFile !== undefined) writeAside(kubeconfigFile, kubeconfig)
  return { kubeconfig, kubeconfigFile }
}

/** JSON is valid YAML. */
function kubeconfigText({ url, ca, token, namespace }: Access): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name: 'sandbox', cluster: { server: url, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
    ],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user: 'admin', namespace } }],
    'current-context': 'sandbox',
  }
  return `${JSON.stringify(config, null, 2)}\n`
}
