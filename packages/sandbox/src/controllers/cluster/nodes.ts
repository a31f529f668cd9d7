import { kubernetes } from '../../api/schema/kubernetes.ts'
import { isApiStatusError } from '../../api/values/api-status-error.ts'
import type { Client } from '../runtime/client.ts'
import { keys } from '../runtime/keys.ts'
import { withCondition } from '../runtime/pod-state.ts'
import { type Controller, itself } from '../runtime/run-controllers.ts'
import type { Condition, Node } from '../runtime/shapes.ts'

const capacity = { cpu: '8', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' }
const SIMULATE = 'fairlead.dev/simulate'
const NOT_READY = 'node.kubernetes.io/not-ready'

const calm: readonly (readonly [type: string, reason: string, message: string])[] = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
]

/** The machines of the sandbox. Leaves alone those that are there. */
export function makeNodes(client: Client): void {
  for (const [index, name] of ['node-1', 'node-2', 'node-3'].entries()) {
    if (client.get(keys.nodes, '', name)) continue
    const labels = {
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
    }
    const node = client.create<Node>(keys.nodes, '', {
      metadata: { name, labels },
      spec: { podCIDR: `10.244.${index}.0/24` },
    })
    client.changeStatus<Node>(keys.nodes, node, () => statusOf(client, name, index))
  }
}

function statusOf(client: Client, name: string, index: number): Node['status'] {
  const now = client.timestamp
  const conditions: Condition[] = calm.map(([type, reason, message]) => ({
    type,
    status: 'False',
    reason,
    message,
    lastTransitionTime: now,
  }))
  conditions.push({ ...readiness(true), lastTransitionTime: now })
  const version = kubernetes.version.gitVersion
  const nodeInfo = {
    machineID: name,
    systemUUID: name,
    bootID: name,
    kernelVersion: '6.8.0',
    osImage: 'Debian GNU/Linux 12 (bookworm)',
    containerRuntimeVersion: 'containerd://2.1.0',
    kubeletVersion: version,
    kubeProxyVersion: version,
    operatingSystem: 'linux',
    architecture: 'amd64',
  }
  const addresses = [
    { type: 'InternalIP', address: `10.0.0.${11 + index}` },
    { type: 'Hostname', address: name },
  ]
  return { capacity, allocatable: capacity, conditions, addresses, ...{ nodeInfo } }
}

function readiness(isReady: boolean): Condition {
  return isReady
    ? { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' }
    : { type: 'Ready', status: 'False', reason: 'KubeletNotReady', message: 'container runtime is down' }
}

/** Keeps the state of nodes: an annotation takes one down, cordoning shows as a taint. */
export function nodes(client: Client): Controller {
  return {
    name: 'node',
    wakes: (event) => (event.resource === keys.nodes ? itself(event) : []),
    reconcile(_namespace, name) {
      const node = client.get<Node>(keys.nodes, '', name)
      if (node === undefined) return undefined
      const isReady = node.metadata.annotations?.[SIMULATE] !== 'notready'
      try {
        client.changeStatus<Node>(keys.nodes, node, (status) => ({
          ...status,
          conditions: withCondition(status.conditions, readiness(isReady), client.timestamp),
        }))
        taint(client, node, NOT_READY, !isReady, ['NoSchedule', 'NoExecute'])
        taint(client, node, 'node.kubernetes.io/unschedulable', node.spec.unschedulable === true, ['NoSchedule'])
      } catch (error) {
        if (!isApiStatusError(error, 404)) throw error
      }
      return undefined
    },
  }
}

function taint(client: Client, node: Node, key: string, isWanted: boolean, effects: readonly string[]): void {
  client.change<Node>(keys.nodes, node, ({ spec }) => {
    const others = (spec.taints ?? []).filter((each) => each.key !== key)
    const taints = isWanted ? [...others, ...effects.map((effect) => ({ key, effect }))] : others
    if (taints.length > 0) spec.taints = taints
    else delete spec.taints
  })
}
