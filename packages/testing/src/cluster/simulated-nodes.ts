import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ServerProcess, startServerProcess } from '../servers/server-process.ts'

export type SimulatedNodesOptions = {
  binaries: string
  manifests: string
  stateDir: string
  kubeconfig: string
  port: number
  kubectl(...args: string[]): Promise<void>
}

const MAX_PODS = '5000'

/** Three nodes whose pods run, fail and log as their annotations say; the kit's README lists the ways to break one. */
export async function startSimulatedNodes(options: SimulatedNodesOptions): Promise<ServerProcess> {
  const { binaries, manifests: kwok, stateDir, kubeconfig, port, kubectl } = options
  const config = await writeConfig(stateDir)
  const files = [
    join(kwok, 'crds.yaml'),
    await writePortForwards(stateDir),
    await roomyNodes(join(kwok, 'nodes.yaml'), stateDir),
  ]
  await kubectl('create', ...files.flatMap((file) => ['-f', file]))
  await kubectl('wait', '--for=create', '--timeout=30s', ...crds)
  await kubectl('wait', '--for=condition=Established', '--timeout=30s', ...crds)
  const stages = ['stages-node', 'stages-pod', 'stages-volume', 'metrics'].map(
    (name) => `--config=${join(kwok, `${name}.yaml`)}`,
  )
  const pki = join(stateDir, 'pki')
  return startServerProcess({
    name: 'kwok',
    command: join(binaries, 'kwok'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${config}`,
      ...stages,
      '--manage-all-nodes=true',
      '--cidr=10.244.0.1/16',
      '--node-ip=127.0.0.1',
      `--node-port=${port}`,
      `--server-address=127.0.0.1:${port}`,
      `--tls-cert-file=${pki}/kubelet.crt`,
      `--tls-private-key-file=${pki}/kubelet.key`,
      '--node-lease-duration-seconds=40',
      '--enable-crds=Logs,Exec,PortForward',
    ],
    env: { KWOK_WORKDIR: join(stateDir, 'kwok') },
    cwd: stateDir,
    logFile: join(stateDir, 'log/kwok.log'),
  })
}

const crds = ['logs', 'execs', 'portforwards'].map((plural) => `crd/${plural}.kwok.x-k8s.io`)

/**
 * The kit lacks this one. An object of a pod's name and namespace says where its ports lead to on this machine:
 * `{spec: {forwards: [{ports: [80], target: {address: '127.0.0.1', port: 12345}}]}}`.
 */
async function writePortForwards(stateDir: string): Promise<string> {
  const path = join(stateDir, 'port-forwards.json')
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  const version = { name: 'v1alpha1', served: true, storage: true, schema: { openAPIV3Schema: schema } }
  const names = { kind: 'PortForward', listKind: 'PortForwardList', plural: 'portforwards', singular: 'portforward' }
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'portforwards.kwok.x-k8s.io' },
    spec: { group: 'kwok.x-k8s.io', scope: 'Namespaced', names, versions: [version] },
  }
  await writeFile(path, JSON.stringify(definition))
  return path
}

async function writeConfig(stateDir: string): Promise<string> {
  const podLogs = join(stateDir, 'podlogs')
  await mkdir(podLogs, { recursive: true })
  await mkdir(join(stateDir, 'kwok'), { recursive: true })
  await writeFile(join(podLogs, 'default.log'), runningLog(new Date().toISOString()))
  await writeFile(join(podLogs, 'previous.log'), `${new Date().toISOString()} stderr F panic: cannot reach database\n`)
  const exec = await execTarget(stateDir)
  const path = join(stateDir, 'kwok.json')
  const logs = {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterLogs',
    metadata: { name: 'default' },
    spec: {
      logs: [
        {
          logsFile: join(podLogs, 'default.log'),
          previousLogsFile: join(podLogs, 'previous.log'),
          follow: true,
        },
      ],
    },
  }
  await writeFile(path, `${JSON.stringify(logs)}\n---\n${JSON.stringify(exec)}\n`)
  return path
}

function runningLog(now: string): string {
  const lines = [
    'stdout F starting',
    'stdout F listening on :8080',
    'stdout F GET /healthz 200 1ms',
    'stdout F GET /api/items 200 12ms',
    'stdout F GET /api/items/42 404 3ms',
    'stderr F level=error msg="upstream timed out" upstream=db',
  ]
  return lines.map((line) => `${now} ${line}\n`).join('')
}

/** exec runs on this machine: as nobody when we are root, and in an empty folder when nobody can get there. */
async function execTarget(stateDir: string): Promise<object> {
  const podRoot = join(stateDir, 'podroot')
  await mkdir(podRoot, { recursive: true })
  const isRoot = process.getuid?.() === 0
  let workDir = podRoot
  if (isRoot) {
    await chmod(stateDir, 0o711)
    await chmod(podRoot, 0o755)
    const reachable = spawnSync('test', ['-x', podRoot], { uid: nobody, gid: nobody }).status === 0
    if (!reachable) workDir = '/'
  }
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'ClusterExec',
    metadata: { name: 'default' },
    spec: {
      execs: [
        {
          local: {
            workDir,
            envs: [
              { name: 'PATH', value: '/usr/bin:/bin' },
              { name: 'HOME', value: podRoot },
            ],
            ...(isRoot ? { securityContext: { runAsUser: nobody, runAsGroup: nobody } } : {}),
          },
        },
      ],
    },
  }
}

const nobody = 65534

/** Nothing runs in these pods, and the namespaces of a whole run keep theirs: a real node's number would be used up. */
async function roomyNodes(file: string, stateDir: string): Promise<string> {
  const nodes = (await readFile(file, 'utf8')).replaceAll(/pods: "\d+"/g, `pods: "${MAX_PODS}"`)
  const roomy = join(stateDir, 'nodes.yaml')
  await writeFile(roomy, nodes)
  return roomy
}
