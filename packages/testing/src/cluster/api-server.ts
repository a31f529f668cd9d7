import { execFile } from 'node:child_process'
import { randomBytes, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { type Authority, issueCertificate } from '@fairlead/service-kit/certificate'
import { freePorts } from '../servers/free-ports.ts'
import { findProgram, type ServerProcess, startServerProcess, untilUp } from '../servers/server-process.ts'
import type { ApiServerAddress } from './api-server-address.ts'
import { apiServerFlags, controllerFlags, etcdFlags, schedulerFlags } from './control-plane-flags.ts'
import { type KubeAnswer, kubeRequest } from './kube-request.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { kubernetesAssets } from './kubernetes-assets.ts'
import { requireNodes } from './require-nodes.ts'
import { ROLLOUTS_USER, startRolloutsController } from './rollouts-controller.ts'
import { startSimulatedNodes } from './simulated-nodes.ts'
import { writeAuditPolicy } from './write-audit-policy.ts'
import { writePki } from './write-pki.ts'

export type ApiServerOptions = {
  /** Writes one JSON event a line to `auditLog`; true means level Metadata. */
  audit?: boolean | 'RequestResponse'
  /** Simulated nodes, so that pods run. Default: when their parts are there; true makes their absence an error. */
  kwok?: boolean
  /** `false`: an API server alone, without controllers and scheduler; nothing happens to what is written. */
  controllers?: boolean
  /** Argo Rollouts with its controller, where its parts are there. Default: none. */
  rollouts?: boolean
}

export type ApiServer = ApiServerAddress & {
  /** A kubeconfig with a client certificate of that user; it may do what RBAC gives the user and groups. */
  user(name: string, groups?: string[]): Promise<string>
  /** A request as the administrator, past the product. `path` with query, e.g. `/api/v1/namespaces?limit=5`. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<KubeAnswer>
  /** A namespace of random name that nobody else uses, with all that a controller puts into every namespace. */
  newNamespace(prefix?: string): Promise<string>
}

export type OwnApiServer = ApiServer & { stop(): Promise<void> }

/** A real Kubernetes control plane on loopback (4 s, 660 MiB with nodes). Throws MissingPart without binaries. */
export async function startApiServer(options: ApiServerOptions = {}): Promise<OwnApiServer> {
  const assets = kubernetesAssets()
  if (options.kwok === true) requireNodes({ hasNodes: assets.nodeManifests !== undefined })
  // A port can be taken between the pick and the start.
  for (let attempt = 1; ; attempt++) {
    try {
      const nodeManifests = options.kwok === false ? undefined : assets.nodeManifests
      const rolloutManifests = options.rollouts ? assets.rolloutManifests : undefined
      return await start(assets.binaries, { ...options, nodeManifests, rolloutManifests })
    } catch (error) {
      if (attempt === 3 || !String(error).includes('address already in use')) throw error
    }
  }
}

/** The functions of an instance that somebody else started and owns. */
export function connectApiServer(address: ApiServerAddress): ApiServer {
  const ca = readFileSync(address.caFile, 'utf8')
  const request: ApiServer['request'] = (method, path, body, contentType) =>
    kubeRequest(address.url, { method, path, body, contentType, ca, credentials: { token: address.token } })
  const authority = (): Authority => ({
    cert: ca,
    key: readFileSync(join(address.stateDir, 'pki/ca.key'), 'utf8'),
    commonName: /^CN=(.+)$/m.exec(new X509Certificate(ca).subject)?.[1] ?? '',
  })
  const untilThere = async (path: string) => {
    const deadline = Date.now() + 60_000
    while ((await request('GET', path)).status !== 200) {
      if (Date.now() > deadline) throw new Error(`${path} did not come within a minute`)
      await sleep(20)
    }
  }
  return {
    ...address,
    request,
    user: async (name, groups = []) => {
      const issued = issueCertificate(authority(), { commonName: name, organizations: groups, use: 'client' })
      const path = join(address.stateDir, `user-${randomBytes(6).toString('hex')}.kubeconfig`)
      const { url: server, caFile } = address
      return writeKubeconfig(path, { server, caFile, user: name, clientCert: issued.cert, clientKey: issued.key })
    },
    newNamespace: async (prefix = 'test') => {
      const name = `${prefix}-${randomBytes(4).toString('hex')}`
      const { status, body } = await request('POST', '/api/v1/namespaces', { metadata: { name } })
      if (status !== 201) throw new Error(`namespace ${name} not made: ${status} ${JSON.stringify(body)}`)
      const inside = `/api/v1/namespaces/${name}`
      if (address.hasController) {
        await Promise.all(
          [`${inside}/serviceaccounts/default`, `${inside}/configmaps/kube-root-ca.crt`].map(untilThere),
        )
      } else {
        // Without the account the server takes no pod.
        await request('POST', `${inside}/serviceaccounts`, { metadata: { name: 'default' } })
        await request('POST', `${inside}/configmaps`, {
          metadata: { name: 'kube-root-ca.crt' },
          data: { 'ca.crt': ca },
        })
      }
      return name
    },
  }
}

type StartOptions = ApiServerOptions & { nodeManifests: string | undefined; rolloutManifests: string | undefined }

async function start(binaries: string, options: StartOptions): Promise<OwnApiServer> {
  const stateDir = await mkdtemp(join(tmpdir(), 'fairlead-kube-'))
  const started: ServerProcess[] = []
  const stop = async () => {
    // etcd last, so that nobody logs that its store has gone.
    for (const server of started.toReversed()) await server.stop()
    await rm(stateDir, { recursive: true, force: true })
  }
  try {
    const [etcd, peer, api, kubelet, metrics, health] = (await freePorts(6)) as PortsInOrder
    const { nodeManifests, rolloutManifests, controllers = true } = options
    const server = connectApiServer({
      ...(await prepareState(stateDir, `https://127.0.0.1:${api}`)),
      hasNodes: nodeManifests !== undefined,
      hasController: controllers && findProgram('kube-controller-manager', [binaries]) !== undefined,
      hasRollouts: rolloutManifests !== undefined,
    })
    const ports = { etcd, peer, api, kubelet, rollouts: { metrics, health } }
    await startControlPlane({ binaries, server, options, ports, started })
    return { ...server, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type PortsInOrder = [etcd: number, peer: number, api: number, kubelet: number, metrics: number, health: number]

/** Keys, certificates and the administrator's kubeconfig, in folders of their own. */
async function prepareState(stateDir: string, url: string) {
  for (const folder of ['pki', 'log', 'etcd', 'cache']) await mkdir(join(stateDir, folder))
  await chmod(join(stateDir, 'etcd'), 0o700)
  await writePki(join(stateDir, 'pki'))
  const caFile = join(stateDir, 'pki/ca.crt')
  const token = randomBytes(20).toString('hex')
  await writeFile(join(stateDir, 'tokens.csv'), `${token},admin,uid-admin,"system:masters"\n`, { mode: 0o600 })
  const admin = { server: url, caFile, user: 'admin', token }
  return {
    kubeconfig: await writeKubeconfig(join(stateDir, 'admin.kubeconfig'), admin),
    url,
    token,
    caFile,
    auditLog: join(stateDir, 'audit.log'),
    stateDir,
    certFile: join(stateDir, 'pki/apiserver.crt'),
    keyFile: join(stateDir, 'pki/apiserver.key'),
  }
}

type ControlPlane = {
  binaries: string
  server: ApiServer
  options: StartOptions
  ports: {
    etcd: number
    peer: number
    api: number
    kubelet: number
    rollouts: { metrics: number; health: number }
  }
  /** Gets every process as soon as it runs. */
  started: ServerProcess[]
}

async function startControlPlane({ binaries, server, options, ports, started }: ControlPlane): Promise<void> {
  const { stateDir, kubeconfig, hasController } = server
  const { nodeManifests, rolloutManifests, audit, controllers = true } = options
  const run = async (name: string, args: string[]) => {
    const logFile = join(stateDir, `log/${name}.log`)
    const child = await startServerProcess({ name, command: join(binaries, name), args, cwd: stateDir, logFile })
    started.push(child)
    return child
  }
  await run('etcd', etcdFlags(stateDir, ports.etcd, ports.peer))
  const auditFlags = audit ? await writeAuditPolicy(stateDir, audit === true ? 'Metadata' : audit) : []
  const apiServer = await run('kube-apiserver', [...apiServerFlags(stateDir, ports.api, ports.etcd), ...auditFlags])
  await untilUp(apiServer, () => answers(server, '/livez'))

  if (hasController) await run('kube-controller-manager', controllerFlags(stateDir, kubeconfig))
  if (controllers && findProgram('kube-scheduler', [binaries])) {
    await run('kube-scheduler', schedulerFlags(kubeconfig))
  }
  const kubectl = async (...args: string[]) => {
    const all = [`--kubeconfig=${kubeconfig}`, `--cache-dir=${join(stateDir, 'cache')}`, ...args]
    await promisify(execFile)(join(binaries, 'kubectl'), all)
  }
  if (nodeManifests) {
    const nodes = { binaries, manifests: nodeManifests, stateDir, kubeconfig, port: ports.kubelet, kubectl }
    started.push(await startSimulatedNodes(nodes))
  }
  if (rolloutManifests) {
    const own = { kubeconfig: await server.user(ROLLOUTS_USER), ports: ports.rollouts }
    started.push(await startRolloutsController({ binaries, manifests: rolloutManifests, stateDir, kubectl, ...own }))
  }

  await untilUp(apiServer, () => answers(server, '/readyz'))
  if (hasController) {
    await untilUp(apiServer, () => answers(server, '/api/v1/namespaces/default/serviceaccounts/default'))
  }
  if (nodeManifests) await untilUp(apiServer, () => nodesAreReady(server))
}

async function answers(server: ApiServer, path: string): Promise<boolean> {
  const answer = await server.request('GET', path).catch(() => undefined)
  return answer?.status === 200
}

async function nodesAreReady(server: ApiServer): Promise<boolean> {
  const { body } = await server.request('GET', '/api/v1/nodes')
  const { items } = body as { items: { status: { conditions?: { type: string; status: string }[] } }[] }
  const isReady = (node: (typeof items)[number]) =>
    node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  return items.length > 0 && items.every(isReady)
}
