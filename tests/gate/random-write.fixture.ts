import { chmod, mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import type { ScriptedToolCall } from '@fairlead/testing/model/model-script'
import type { Dice } from './dice.fixture.ts'

/** A write that has everything it needs in the cluster, and what shows whether it has happened. */
export type PreparedWrite = {
  kind: string
  call: ScriptedToolCall
  /** Path of the object; of several, the first. */
  path: string
  /** Names of the objects that it writes. */
  objects: readonly string[]
  /** Every request of the write that the API server carries out, as `verb resource name`, each once. */
  requests: readonly string[]
  /** Whether the object is as the write leaves it. */
  isDone(): Promise<boolean>
}

type Prepare = (server: ApiServer, namespace: string, dice: Dice) => Promise<PreparedWrite>

const scale: Prepare = async (server, namespace, dice) => {
  const name = dice.name('web')
  const [before, after] = [dice.whole(0, 2), dice.whole(3, 5)]
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`
  await make(server, path, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: before,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'main', image: 'registry.example.com/web:1' }] },
      },
    },
  })
  const args = { name, resource_type: 'deployment', replicas: after, namespace }
  const isDone = async () => (await read(server, path)).spec?.replicas === after
  const requests = [`patch deployments/scale ${name}`]
  return { kind: 'scale', call: { name: 'k8s_scale', args }, path, objects: [name], requests, isDone }
}

const settings = (name: string, namespace: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { value },
})

const create: Prepare = async (server, namespace, dice) => {
  const [name, value] = [dice.name('made'), dice.name('v')]
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
  const args = { content: JSON.stringify(settings(name, namespace, value)) }
  // A creation is a POST and the apply that takes its fields over.
  const requests = [`create configmaps ${name}`, `patch configmaps ${name}`]
  const isDone = () => holds(server, path, value)
  return { kind: 'create', call: { name: 'k8s_apply', args }, path, objects: [name], requests, isDone }
}

const change: Prepare = async (server, namespace, dice) => {
  const [name, value] = [dice.name('changed'), dice.name('v')]
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
  await make(server, path, { ...settings(name, namespace, 'before'), data: { kept: 'as it was' } })
  const args = { content: JSON.stringify(settings(name, namespace, value)) }
  const requests = [`patch configmaps ${name}`]
  const isDone = () => holds(server, path, value)
  return { kind: 'change', call: { name: 'k8s_apply', args }, path, objects: [name], requests, isDone }
}

const remove: Prepare = async (server, namespace, dice) => {
  const name = dice.name('gone')
  const path = `/api/v1/namespaces/${namespace}/configmaps/${name}`
  await make(server, path, settings(name, namespace, 'before'))
  const args = { name, resource_type: 'configmap', namespace, timeout_seconds: 5 }
  const isDone = async () => (await server.request('GET', path)).status === 404
  const requests = [`delete configmaps ${name}`]
  return { kind: 'delete', call: { name: 'k8s_delete', args }, path, objects: [name], requests, isDone }
}

/** Two objects: the API server enforces the preconditions of each, and none of both together. */
const both: Prepare = async (server, namespace, dice) => {
  const value = dice.name('v')
  const names = [dice.name('first'), dice.name('second')]
  const paths = names.map((name) => `/api/v1/namespaces/${namespace}/configmaps/${name}`)
  for (const [at, name] of names.entries()) {
    await make(server, paths[at] ?? '', { ...settings(name, namespace, 'before'), data: { kept: 'as it was' } })
  }
  const args = { content: names.map((name) => JSON.stringify(settings(name, namespace, value))).join('\n---\n') }
  const isDone = async () => (await Promise.all(paths.map((path) => holds(server, path, value)))).every(Boolean)
  const requests = names.map((name) => `patch configmaps ${name}`)
  const call = { name: 'k8s_apply', args }
  return { kind: 'both', call, path: paths[0] ?? '', objects: names, requests, isDone }
}

/** Nothing in the cluster tells whether it was run, but the line that it leaves on this machine. */
const command: Prepare = async (server, namespace, dice) => {
  requireNodes(server)
  const name = dice.name('shell')
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`
  const containers = [{ name: 'main', image: 'registry.example.com/shell:1' }]
  await make(server, path, { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers } })
  while ((await read(server, path)).status?.phase !== 'Running') await sleep(50)
  const folder = await mkdtemp(join(tmpdir(), 'fairlead-command-'))
  await chmod(folder, 0o777) // a simulated node runs it as nobody
  const file = join(folder, 'lines')
  const args = { pod_name: name, namespace, command: `sh -c 'echo run >> ${file}'` }
  const isDone = async () => (await readFile(file, 'utf8').catch(() => '')) === 'run\n'
  const requests = [`get pods/exec ${name}`]
  return { kind: 'command', call: { name: 'k8s_exec', args }, path, objects: [name], requests, isDone }
}

/** One object each, whose preconditions the API server enforces. */
const enforced = { scale, create, change, remove }
const kinds = { ...enforced, both, command }
export type WriteKind = keyof typeof kinds

/** Everything that it needs is made by the administrator, past the product. By itself an enforced one, by chance. */
export function prepareWrite(
  server: ApiServer,
  namespace: string,
  dice: Dice,
  kind: WriteKind = dice.pick(Object.keys(enforced) as WriteKind[]),
): Promise<PreparedWrite> {
  return kinds[kind](server, namespace, dice)
}

async function make({ request }: ApiServer, path: string, object: object): Promise<void> {
  const { status, body } = await request('POST', path.slice(0, path.lastIndexOf('/')), object)
  if (status !== 201) throw new Error(`${path} not made: ${status} ${JSON.stringify(body)}`)
}

type Read = { spec?: { replicas?: number }; data?: { value?: string }; status?: { phase?: string } }

async function read({ request }: ApiServer, path: string): Promise<Read> {
  return (await request('GET', path)).body as Read
}

async function holds(server: ApiServer, path: string, value: string): Promise<boolean> {
  return (await read(server, path)).data?.value === value
}
