import type { ApiServer } from '@fairlead/testing/cluster/api-server'
import type { Reply } from '@fairlead/testing/model/model-script'

const PODS = 100
const EVENTS = 300

/** A namespace in which much happens and one Deployment fails, and the calls that lead from the question to its cause. */
export async function openIncident(server: ApiServer): Promise<{ question: string; replies: Reply[] }> {
  const namespace = await server.newNamespace('shop')
  const create = async (path: string, body: object) => {
    const { status, body: answer } = await server.request('POST', path, body)
    if (status !== 201) throw new Error(`${path}: ${status} ${JSON.stringify(answer)}`)
  }
  const failing = 'checkout-0'
  for (let number = 0; number < PODS; number++) {
    const app = number < 4 ? 'checkout' : `service-${number % 12}`
    await create(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: number < 4 ? `checkout-${number}` : `${app}-${number}`, labels: { app } },
      spec: { containers: [{ name: 'main', image: `registry.example/${app}:1.${number}` }] },
    })
  }
  await create(`/apis/apps/v1/namespaces/${namespace}/deployments`, {
    metadata: { name: 'checkout' },
    spec: {
      replicas: 4,
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
  for (let number = 0; number < EVENTS; number++) {
    const pod = number % 3 === 0 ? failing : `service-${4 + (number % 8)}-${4 + (number % 8)}`
    await create(`/api/v1/namespaces/${namespace}/events`, {
      metadata: { name: `happened-${number}` },
      involvedObject: { kind: 'Pod', name: pod, namespace, apiVersion: 'v1' },
      type: number % 2 === 0 ? 'Warning' : 'Normal',
      reason: number % 2 === 0 ? 'BackOff' : 'Pulled',
      message: `Back-off ${number} restarting failed container main in pod ${pod}`,
      count: 1 + number,
      lastTimestamp: new Date().toISOString(),
    })
  }
  const calls: { name: string; args: Record<string, unknown> }[] = [
    { name: 'k8s_get', args: { resource_type: 'pods', namespace } },
    { name: 'k8s_get', args: { resource_type: 'deployments', namespace } },
    { name: 'k8s_rollout_status', args: { name: 'checkout', namespace, timeout_seconds: 1 } },
    { name: 'k8s_describe', args: { resource_type: 'deployment', name: 'checkout', namespace } },
    { name: 'k8s_describe', args: { resource_type: 'pod', name: failing, namespace } },
    { name: 'k8s_get', args: { resource_type: 'deployment', name: 'checkout', namespace, output: 'yaml' } },
    { name: 'k8s_get', args: { resource_type: 'pods', namespace, label_selector: 'app=checkout', output: 'wide' } },
    { name: 'k8s_get', args: { resource_type: 'services', namespace } },
  ]
  const replies = calls.map((call): Reply => ({ text: 'I look further.', toolCalls: [call] }))
  return {
    question: `Why does checkout fail in ${namespace}?`,
    replies: [...replies, { text: 'The image of checkout cannot be started; its last version could.' }],
  }
}
