import { type Container, containersOf, type Probe, refOf } from '../cluster/objects.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import { patchContainer } from '../evidence/patches.ts'
import { declaredIn, fieldProof, type PodContainer, workloadOf } from '../evidence/pod-container.ts'
import type { PodEvent } from '../evidence/read-pod.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Plan } from '../plan/plan.ts'

type Seen = { events: readonly PodEvent[]; lines: readonly string[]; shown: readonly Proof[] }

const probes = ['readinessProbe', 'livenessProbe', 'startupProbe'] as const

/** A probe that fails: it asks on another port than the one the container serves on. */
export function* probeCause(podContainer: PodContainer, { events, lines, shown }: Seen): Plan<Finding> {
  const { of, path, container } = declaredIn(podContainer)
  const event = events.findLast(({ message }) => /probe failed/i.test(message))
  const failing = probes.find((name) => event?.message.toLowerCase().startsWith(name.replace('Probe', '')))
  const serves = servedPort(container, lines)
  const wrong = [...(failing === undefined ? [] : [failing]), ...probes].find((name) => {
    const port = portOf(container[name])
    return port !== undefined && serves !== undefined && numberOfPort(port, container) !== serves
  })
  const name = wrong ?? failing ?? 'readinessProbe'
  const port = portOf(container[name])
  const quoted: Proof[] =
    event === undefined ? [] : [{ of: refOf(podContainer.pod), source: 'event', quote: event.message }]
  const proofs: Proof[] = [
    ...shown,
    ...quoted,
    ...(port === undefined ? [] : [fieldProof(of, `${path}.${name}.${kindOf(container[name])}.port`, port)]),
  ]
  const finding: Finding = {
    subject: of,
    says: `${nameOf(of)} does not become ready: its ${name.replace('Probe', '')} probe fails.`,
    proofs,
    confidence: event === undefined ? 60 : 80,
  }
  const workload = workloadOf(podContainer)
  const back =
    workload &&
    (yield* wayBack(workload, (spec) => {
      const before = containersOf(spec).find((one) => one.name === container.name)
      return before !== undefined && JSON.stringify(before[name]) !== JSON.stringify(container[name])
    }))
  if (wrong === undefined || serves === undefined) {
    if (back !== undefined) return { ...finding, confidence: 90, remedy: back.remedy }
    return { ...finding, missing: 'what the program answers to: neither its ports nor its log tell' }
  }
  const found: Finding = {
    ...finding,
    says: `${nameOf(of)} does not become ready: its ${name.replace('Probe', '')} probe asks on port ${port}, but the container \`${container.name}\` serves on ${serves}.`,
    proofs: [...proofs, fieldProof(of, `${path}.ports`, container.ports ?? [])],
    confidence: 95,
  }
  if (workload === undefined) return { ...found, missing: 'an owner whose template could be changed' }
  // Every probe that asks there is as wrong as the one that was seen to fail.
  const all = probes.filter((one) => {
    const port = portOf(container[one])
    return port !== undefined && numberOfPort(port, container) !== serves
  })
  const fields = Object.fromEntries(all.map((one) => [one, { [kindOf(container[one])]: { port: serves } }]))
  return {
    ...found,
    remedy: {
      says: `let the ${all.map((one) => one.replace('Probe', '')).join(' and ')} probe of ${nameOf(of)} ask on port ${serves}`,
      calls: [patchContainer(workload, container, fields)],
    },
  }
}

/** The port that it logs to listen on; else the one it declares, when that is one. */
function servedPort({ ports = [] }: Container, lines: readonly string[]): number | undefined {
  const logged = lines
    .map((line) => /listen\w*\b.*?[:\s](\d{2,5})\b/i.exec(line)?.[1])
    .find((port) => port !== undefined)
  if (logged !== undefined) return Number(logged)
  return ports.length === 1 ? ports[0]?.containerPort : undefined
}

function numberOfPort(port: number | string, { ports = [] }: Container): number | undefined {
  return typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort
}

function portOf(probe: Probe | undefined): number | string | undefined {
  return probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? probe?.grpc?.port
}

function kindOf(probe: Probe | undefined): 'httpGet' | 'tcpSocket' | 'grpc' {
  return probe?.tcpSocket !== undefined ? 'tcpSocket' : probe?.grpc !== undefined ? 'grpc' : 'httpGet'
}
