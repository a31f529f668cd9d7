import { setTimeout as sleep } from 'node:timers/promises'
import type { ApiServer } from '@fairlead/testing/cluster/api-server'

type Container = { name: string; image: string }

/** A workload of no pods unless `replicas` says otherwise: its controller still keeps its revisions. */
export async function makeWorkload(
  api: ApiServer,
  namespace: string,
  {
    kind = 'Deployment',
    name,
    containers = [{ name: 'app', image: 'nginx:1.27' }],
    initContainers,
    metadata = {},
    spec = {},
  }: {
    kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet'
    name: string
    containers?: Container[]
    initContainers?: Container[]
    metadata?: Record<string, unknown>
    spec?: Record<string, unknown>
  },
): Promise<void> {
  const labels = { app: name }
  const { status, body } = await api.request('POST', workloadPath(namespace, kind), {
    metadata: { name, ...metadata },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas: 0 }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: labels },
      // A DaemonSet of no pods: no node has that label.
      template: {
        metadata: { labels },
        spec: { containers, initContainers, ...(kind === 'DaemonSet' && { nodeSelector: { nowhere: 'yes' } }) },
      },
      ...spec,
    },
  })
  if (status !== 201) throw new Error(`${kind} ${name} not made: ${status} ${JSON.stringify(body)}`)
}

/** A Deployment of one pod that no node fits, so that its rollout waits for ever. */
export function makeStuckDeployment(api: ApiServer, namespace: string, name: string): Promise<void> {
  const labels = { app: name }
  const pod = { nodeSelector: { nowhere: 'yes' }, containers: [{ name: 'app', image: 'nginx:1.27' }] }
  return makeWorkload(api, namespace, { name, spec: { replicas: 1, template: { metadata: { labels }, spec: pod } } })
}

export function workloadPath(namespace: string, kind: string, name?: string): string {
  const collection = `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s`
  return name === undefined ? collection : `${collection}/${name}`
}

type Workload = {
  metadata: { generation: number; annotations?: Record<string, string> }
  spec: { template: { metadata: { annotations?: Record<string, string> }; spec: { containers: Container[] } } }
  status?: { observedGeneration?: number }
}

/** What a verification says of a workload that was written, and how long it may wait: no controller, no rollout. */
export function rolloutVerdict({ hasController }: ApiServer): { verdict: string; seconds: number } {
  return hasController ? { verdict: 'as_approved', seconds: 30 } : { verdict: 'not_yet', seconds: 0 }
}

/** The workload, once its controller, where there is one, has seen what it says now. */
export async function untilObserved(api: ApiServer, namespace: string, kind: string, name: string): Promise<Workload> {
  const read = async () => (await api.request('GET', workloadPath(namespace, kind, name))).body as Workload
  const deadline = Date.now() + 20_000
  for (;;) {
    const workload = await read()
    const isObserved = workload.status?.observedGeneration === workload.metadata.generation
    if (isObserved || !api.hasController) return workload
    if (Date.now() > deadline) throw new Error(`${kind} ${name} was not observed by its controller`)
    await sleep(20)
  }
}
