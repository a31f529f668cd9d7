import { strict as assert } from 'node:assert'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import { isOnSandbox } from '@fairlead/testing/cluster/is-on-sandbox'
import { requireNodes } from '@fairlead/testing/cluster/require-nodes'
import { until } from './until.fixture.ts'

export type Deployment = {
  metadata: { name: string; uid: string; generation: number }
  spec: { replicas: number; template: { spec: { containers: { name: string; image: string }[] } } }
  status: { readyReplicas?: number; updatedReplicas?: number }
}
export type NewDeployment = {
  name: string
  image?: string
  replicas?: number
  env?: { name: string; value: string }[]
}
export type Place = { server: ApiServer; namespace: string }

/** A Deployment of one container called `app`. */
export async function createDeployment(
  { server, namespace }: Place,
  { name, image = 'registry.example/app:1.0', replicas = 1, env = [] }: NewDeployment,
): Promise<void> {
  const labels = { app: name }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image, env }] } }
  const { status, body } = await server.request('POST', `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template },
  })
  assert.equal(status, 201, JSON.stringify(body))
}

export async function readDeployment({ server, namespace }: Place, name: string): Promise<Deployment> {
  const { body } = await server.request('GET', `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`)
  return body as Deployment
}

/** Resolves once all its pods are ready. */
export async function readyDeployment(place: Place, name: string): Promise<void> {
  requireNodes(place.server)
  const isReady = ({ spec, status }: Deployment) => status.readyReplicas === spec.replicas
  await until(() => readDeployment(place, name), isReady)
}

/** The name of the workload's newest pod, once a container of it has ended. */
export async function crashedPod({ server, namespace }: Place, app: string): Promise<string> {
  requireNodes(server)
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`
  const crashed = async () => {
    const { items } = (await server.request('GET', path)).body as {
      items: { metadata: { name: string }; status: { containerStatuses?: { restartCount: number }[] } }[]
    }
    return items.find(({ status }) => (status.containerStatuses?.[0]?.restartCount ?? 0) > 0)?.metadata.name
  }
  return (await until(crashed, (name) => name !== undefined)) as string
}

/** Makes the lines what the pod's container has said in its last run. */
export async function writeLog(place: Place, pod: string, lines: string[]): Promise<void> {
  await (isOnSandbox() ? haveSaid(place, pod, lines) : writeLogFile(place, pod, lines))
  const log = `/api/v1/namespaces/${place.namespace}/pods/${pod}/log?previous=true`
  await until(
    async () => String((await place.server.request('GET', log)).body),
    (text) => text.includes(lines.at(-1) ?? ''),
  )
}

/** From its next run on, which a container that fails begins soon. */
async function haveSaid({ server, namespace }: Place, pod: string, says: string[]): Promise<void> {
  const annotations = { 'fairlead.dev/says': says.join('\n') }
  const type = 'application/merge-patch+json'
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}`
  const { status, body } = await server.request('PATCH', path, { metadata: { annotations } }, type)
  assert.equal(status, 200, JSON.stringify(body))
}

async function writeLogFile({ server, namespace }: Place, pod: string, lines: string[]): Promise<void> {
  const logsFile = join(server.stateDir, `podlogs/${namespace}-${pod}.log`)
  const now = new Date().toISOString()
  await writeFile(logsFile, lines.map((line) => `${now} stderr F ${line}\n`).join(''))
  const { status, body } = await server.request('POST', `/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/logs`, {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Logs',
    metadata: { name: pod },
    spec: { logs: [{ logsFile, previousLogsFile: logsFile }] },
  })
  assert.equal(status, 201, JSON.stringify(body))
}
