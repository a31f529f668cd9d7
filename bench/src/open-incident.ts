import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import type { Reply } from '@fairlead/testing/model/model-script'

export type IncidentSize = { pods: number; events: number }

export type Incident = {
  /** What the person writes. */
  message: string
  /** What the model answers, one reply for each of its nine requests. */
  replies: Reply[]
}

/** Answers the uid of what was created. */
type Create = (path: string, body: object) => Promise<string>

const CHECKOUT_PODS = 4
const failing = 'checkout-0'

/** A namespace with one Deployment that fails, and the nine model requests that lead from the message to its cause. */
export async function openIncident(server: ApiServer, size: IncidentSize): Promise<Incident> {
  const namespace = await server.newNamespace('shop')
  const create: Create = async (path, body) => {
    const { status, body: answer } = await server.request('POST', path, body)
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`)
    return (answer as { metadata: { uid: string } }).metadata.uid
  }
  const pods = await createPods(create, namespace, size.pods)
  await createCheckout(create, namespace)
  await createEvents(create, namespace, { pods, events: size.events })
  return { message: `Why does checkout fail in ${namespace}?`, replies: repliesFor(namespace) }
}

/** The uids of the pods by their names. */
async function createPods(create: Create, namespace: string, count: number): Promise<Map<string, string>> {
  const uids = new Map<string, string>()
  for (let number = 0; number < count; number++) {
    const app = number < CHECKOUT_PODS ? 'checkout' : `service-${number % 12}`
    const name = `${app}-${number}`
    const uid = await create(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name, labels: { app } },
      spec: { containers: [{ name: 'main', image: `registry.example/${app}:1.${number}` }] },
    })
    uids.set(name, uid)
  }
  return uids
}

async function createCheckout(create: Create, namespace: string): Promise<void> {
  await create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'checkout' },
    spec: {
      replicas: CHECKOUT_PODS,
      selector: { matchLabels: { app: 'checkout-web' } },
      template: {
        metadata: { labels: { app: 'checkout-web' } },
        spec: { containers: [{ name: 'main', image: 'registry.example/checkout:2.1' }] },
      },
    },
  })
  await create(`/api/v1/namespaces/${namespace}/services`, {
    metadata: { name: 'checkout' },
    spec: { selector: { app: 'checkout' }, ports: [{ port: 80 }] },
  })
}

type EventsOfPods = { events: number; pods: ReadonlyMap<string, string> }

/** Each names its pod by uid too, as a cluster's own do: by that a description finds the events of its object. */
async function createEvents(create: Create, namespace: string, { events, pods }: EventsOfPods): Promise<void> {
  for (let number = 0; number < events; number++) {
    const other = CHECKOUT_PODS + (number % Math.min(8, pods.size - CHECKOUT_PODS))
    const pod = number % 3 === 0 ? failing : `service-${other}-${other}`
    const isWarning = number % 2 === 0
    await create(`/api/v1/namespaces/${namespace}/events`, {
      metadata: { name: `happened-${number}` },
      involvedObject: { kind: 'Pod', name: pod, uid: pods.get(pod), namespace, apiVersion: 'v1' },
      type: isWarning ? 'Warning' : 'Normal',
      reason: isWarning ? 'BackOff' : 'Pulled',
      message: `Back-off ${number} restarting failed container main in pod ${pod}`,
      count: 1 + number,
      lastTimestamp: new Date().toISOString(),
    })
  }
}

/**
 * Seven reads, the repair and the answer. The write tools are loaded beside the last read, when the model knows what to
 * mend: both the request that makes it propose the write and the one behind it carry them. The write is a dry run, since
 * nobody is here to approve it.
 */
function repliesFor(namespace: string): Reply[] {
  const checkout = { name: 'checkout', namespace }
  const call = (name: string, args: Record<string, unknown>) => ({ name, args })
  const turns = [
    [call('k8s_get', { resource_type: 'pods', namespace })],
    [call('k8s_get', { resource_type: 'deployments', namespace })],
    [call('k8s_rollout_status', { ...checkout, timeout_seconds: 1 })],
    [call('k8s_describe', { resource_type: 'deployment', ...checkout })],
    [call('k8s_describe', { resource_type: 'pod', name: failing, namespace })],
    [call('k8s_get', { resource_type: 'deployment', ...checkout, output: 'yaml' })],
    [
      call('k8s_get', { resource_type: 'pods', namespace, label_selector: 'app=checkout', output: 'wide' }),
      call('load_toolset', { toolset: 'k8s', include_write_tools: true, tools: ['k8s_set_image'] }),
    ],
    [
      call('k8s_set_image', {
        resource_name: 'checkout',
        resource_type: 'deployment',
        container_images: 'main=registry.example/checkout:2.0',
        namespace,
        dry_run: true,
      }),
    ],
  ]
  const replies = turns.map((toolCalls): Reply => ({ text: 'I read further.', toolCalls }))
  return [...replies, { text: 'The image of checkout cannot be started; its last version could.' }]
}
