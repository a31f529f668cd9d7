import type { Client } from '../runtime/client.ts'
import type { Container, Pod, Probe } from '../runtime/shapes.ts'
import { isListening } from './network.ts'
import { simulatedMode } from './simulated-mode.ts'

export type ProbeKind = 'Startup' | 'Liveness' | 'Readiness'

/** Why a probe fails, as the kubelet says it; undefined when it passes. `isTroubled`: it cannot reach what it calls. */
export function probeFailure(
  client: Client,
  pod: Pod,
  container: Container,
  { kind, probe, isTroubled }: { kind: ProbeKind; probe: Probe; isTroubled: boolean },
): string | undefined {
  if (simulatedMode(pod, container) === 'notready')
    return kind === 'Readiness' ? failed(kind, 'HTTP probe failed with statuscode: 503') : undefined
  const target = probe.httpGet ?? probe.tcpSocket
  if (target === undefined) return undefined
  const port = portOf(container, target.port)
  const host = pod.status.podIP ?? ''
  if (port === undefined)
    return failed(kind, `couldn't find port named ${JSON.stringify(target.port)} in container ${container.name}`)
  const program = client.cluster.registry.programOf(container)
  const isOpen = program === undefined || program.listens === port || isElsewhere(client, pod, container, port)
  if (!isOpen) {
    const refused = `dial tcp ${host}:${port}: connect: connection refused`
    if (!probe.httpGet) return failed(kind, refused)
    const scheme = (probe.httpGet.scheme ?? 'HTTP').toLowerCase()
    return failed(kind, `Get "${scheme}://${host}:${port}${probe.httpGet.path ?? '/'}": ${refused}`)
  }
  const isUnwell = kind === 'Readiness' && isTroubled && probe.httpGet !== undefined
  return isUnwell ? failed(kind, 'HTTP probe failed with statuscode: 503') : undefined
}

/** The containers of a pod share its address. */
function isElsewhere(client: Client, pod: Pod, container: Container, port: number): boolean {
  const others = pod.spec.containers.filter((each) => each.name !== container.name)
  return others.length > 0 && isListening(client, { ...pod, spec: { ...pod.spec, containers: others } }, port)
}

function portOf({ ports = [] }: Container, port: number | string): number | undefined {
  if (typeof port === 'number') return port
  return ports.find(({ name }) => name === port)?.containerPort
}

function failed(kind: ProbeKind, why: string): string {
  return `${kind} probe failed: ${why}`
}
