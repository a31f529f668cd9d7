import { z } from 'zod'
import { nameForPeople } from '../../effect/effect-object.ts'
import type { KubeObject } from '../../effect/kube-object.ts'
import { namespace, resourceName } from '../../input/object-params.ts'
import { optional, required } from '../../input/parameter.ts'
import { type PortPair, portPairs } from '../../input/ports.ts'
import { oneOf, text } from '../../input/reader.ts'
import type { KubeContext } from '../../kube/kube-context.ts'
import type { PodStreams } from '../../kube/pod-streams/pod-streams.ts'
import { type KubeObjectPlan, type KubePlan, refOf } from '../../kube/target/kube-plan.ts'
import type { Report } from '../../target/plan.ts'
import { defineTool } from '../shared/define-tool.ts'
import { type Forwardable, type Found, findPod, forwardable } from './port-forward/find-pod.ts'

export const k8sPortForward = defineTool({
  name: 'k8s_port_forward',
  title: 'Port Forward to Kubernetes Resource',
  description:
    'Over stdio: open local ports to a pod for 10 minutes. Over HTTP: only find out whether the ports of the pod answer.',
  changes: 'add',
  needs: 'exec',
  idempotent: false,
  openWorld: true,
  input: z.object({
    resource_name: resourceName,
    ports: required('ports', text(portPairs), { description: 'LOCAL:REMOTE or REMOTE, several with commas' }),
    namespace,
    resource_type: optional('resource_type', oneOf(forwardable), 'pod' as const),
  }),
  async plan(args, context): Promise<KubePlan> {
    const forward = {
      type: args.resource_type,
      namespace: args.namespace ?? context.defaultNamespace,
      name: args.resource_name,
      ports: args.ports,
    }
    let lastReport: Report = { output: '' }
    const keep = (what: Report): void => {
      lastReport = what
    }
    return {
      namespace: forward.namespace,
      objects: [{ plan: () => planForward(forward, { context, keep }) }],
      summary: ([objectPlan]) =>
        `Connect to ${objectPlan === undefined ? forward.name : nameForPeople(objectPlan.ref)}, ports ${forward.ports.map(shownPair).join(', ')}`,
      undo: () => ({ impossible: 'what was sent through a port is not known; the ports close by themselves' }),
      report: () => lastReport,
    }
  },
})

type ForwardRequest = { type: Forwardable; namespace: string; name: string; ports: readonly PortPair[] }

async function planForward(
  forward: ForwardRequest,
  { context, keep }: { context: KubeContext; keep: (lastReport: Report) => void },
): Promise<KubeObjectPlan> {
  const { kube, signal } = context
  const found = await findPod(kube, forward)
  const options = forwardOptions(found.pod)
  return {
    ref: refOf(kube.cluster, found.target, found.pod),
    target: found.target,
    action: 'invoke',
    before: options,
    after: { ...options, ports: found.ports.map(shownPair) },
    basis: 'external',
    act: {
      subresource: 'portforward',
      run: async (streams) =>
        keep(await (streams.forward ? opened(found, streams.forward) : probed(found, streams, signal))),
    },
  }
}

async function opened(
  { target: { namespace = '', name }, ports }: Found,
  forward: NonNullable<PodStreams['forward']>,
): Promise<Report> {
  const { id, ports: open, until } = await forward({ namespace, pod: name, ports })
  const lines = open.map(({ local, remote }) => `127.0.0.1:${local} -> port ${remote} of pod "${name}"`)
  const end = until.toISOString()
  return { output: `${lines.join('\n')}\nopen until ${end}`, data: { id, ports: open, until: end } }
}

async function probed(
  { target: { namespace = '', name: pod }, ports }: Found,
  { probe }: PodStreams,
  signal: AbortSignal,
): Promise<Report> {
  const answers = await Promise.all(
    ports.map(async ({ remote: port }) => ({ port, ...(await probe({ namespace, pod, port, signal })) })),
  )
  const lines = answers.map(
    ({ port, state, why }) => `port ${port} of pod "${pod}": ${state}${why === undefined ? '' : ` (${why})`}`,
  )
  const note = 'No local port was opened: forwarding is offered only locally, over stdio.'
  return { output: `${lines.join('\n')}\n${note}`, data: { ports: answers } }
}

/** What the API calls the options of a port forward, before any is set. */
function forwardOptions({ metadata: { name, namespace } }: KubeObject): KubeObject {
  return { apiVersion: 'v1', kind: 'PodPortForwardOptions', metadata: { name, namespace } }
}

function shownPair({ local, remote }: PortPair): string {
  return local === remote ? String(remote) : `${local}:${remote}`
}
