import { setTimeout as sleep } from 'node:timers/promises'

export type Requester = {
  request(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
    accept?: string,
  ): Promise<{ status: number; body: unknown }>
}

const LIMIT_MS = 30_000

/** Asks again and again, since a cluster is never done at once. */
export async function until(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`it did not come to be within ${LIMIT_MS / 1000} s`)
    await sleep(50)
  }
}

type Deployment = {
  metadata: { name: string; generation?: number }
  spec: {
    replicas: number
    template: { spec: { containers: { ports?: { name?: string; containerPort: number }[] }[] } }
  }
  status: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    unavailableReplicas?: number
    conditions?: { type: string; status: string }[]
  }
}
type Service = {
  metadata: { name: string }
  spec: { selector: Record<string, string>; ports: { targetPort: number | string }[] }
}
type Job = { status: { conditions?: { type: string; status: string }[] } }
type Slice = {
  metadata: { labels: Record<string, string> }
  endpoints: { conditions: { ready: boolean } }[] | null
  ports: unknown[] | null
}

/** Whether everything that is wanted in the namespace is there and ready, asked of the API server alone. */
export async function isHealthy(server: Requester, namespace: string): Promise<boolean> {
  const list = async <T>(path: string) => {
    const { body } = await server.request('GET', path.replace('/NS/', `/namespaces/${namespace}/`))
    return (body as { items: T[] }).items
  }
  const [deployments, services, slices] = await Promise.all([
    list<Deployment>('/apis/apps/v1/NS/deployments'),
    list<Service>('/api/v1/NS/services'),
    list<Slice>('/apis/discovery.k8s.io/v1/NS/endpointslices'),
  ])
  const areReady = deployments.every(({ metadata, spec, status }) => {
    const isSeen = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0)
    const counts = [status.replicas, status.updatedReplicas, status.readyReplicas].map((count = 0) => count)
    return isSeen && counts.every((count) => count === spec.replicas)
  })
  const doLead = services.every(({ metadata, spec }) => {
    const own = slices.filter(({ metadata: { labels } }) => labels['kubernetes.io/service-name'] === metadata.name)
    const isReady = own.some(({ endpoints }) => endpoints?.some(({ conditions }) => conditions.ready))
    const behind = deployments.find(({ metadata: { name } }) => name === metadata.name)
    const declared = behind?.spec.template.spec.containers.flatMap(({ ports = [] }) => ports) ?? []
    const fits = spec.ports.every(({ targetPort }) =>
      declared.some(({ name, containerPort }) => name === targetPort || containerPort === targetPort),
    )
    return isReady && fits
  })
  return deployments.length > 0 && areReady && doLead
}

/** Until a fault shows, or everything runs. */
export async function untilSettled(
  server: Requester,
  namespace: string,
  { isFaulty, settleMs = 1500 }: { isFaulty: boolean; settleMs?: number },
): Promise<void> {
  await until(async () => {
    const isWell = await isHealthy(server, namespace)
    return isFaulty ? !isWell || (await hasFailedJob(server, namespace)) : isWell
  })
  if (isFaulty) await sleep(settleMs)
}

/** A failed Job is a fault that leaves everything else healthy, and it stays when another has taken its place. */
async function hasFailedJob(server: Requester, namespace: string): Promise<boolean> {
  const { body } = await server.request('GET', `/apis/batch/v1/namespaces/${namespace}/jobs`)
  return (body as { items: Job[] }).items.some(({ status: { conditions } }) =>
    conditions?.some(({ type, status }) => type === 'Failed' && status === 'True'),
  )
}
