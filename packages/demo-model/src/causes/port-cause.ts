import { type ContainerPort, refOf } from '../cluster/objects.ts'
import { workloadsBehind } from '../cluster/state.ts'
import { type Finding, nameOf } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { patch } from '../evidence/patches.ts'
import { fieldProof } from '../evidence/pod-container.ts'
import type { Symptom } from '../evidence/symptoms.ts'

/** A Service whose target port is none of its pods': connections are refused although all of them run. */
export function portCause({ service, port }: Symptom<'leads-nowhere'>, { state }: Investigation): Finding {
  const subject = refOf(service)
  const behind = workloadsBehind(service, state)
  const declared = behind.flatMap((workload) =>
    workload.spec.template.spec.containers.flatMap(({ name, ports = [] }) =>
      ports.map((one) => ({ workload, container: name, port: one })),
    ),
  )
  const target = port.targetPort ?? port.port
  const index = service.spec.ports?.indexOf(port) ?? 0
  const finding: Finding = {
    subject,
    says: `${nameOf(subject)} leads to port ${target} of its pods, and none of them listens there.`,
    proofs: [
      fieldProof(subject, `spec.ports[${index}].targetPort`, target),
      ...declared.map(({ workload, container, port: one }) =>
        fieldProof(refOf(workload), `spec.template.spec.containers[${container}].ports`, portText(one)),
      ),
    ],
    confidence: 92,
    touches: behind.map(refOf),
  }
  const meant = declared.find(({ port: one }) => one.name !== undefined && one.name === port.name) ?? declared[0]
  if (
    meant === undefined ||
    (declared.length > 1 && meant.port.name !== port.name && !isOnly(declared.map((one) => one.port)))
  ) {
    return {
      ...finding,
      missing: `which port of its pods is meant: ${declared.map((one) => portText(one.port)).join(', ')}`,
    }
  }
  const right = typeof target === 'string' && meant.port.name !== undefined ? meant.port.name : meant.port.containerPort
  return {
    ...finding,
    remedy: {
      says: `lead ${nameOf(subject)} to port ${right} of its pods`,
      calls: [patch(subject, { spec: { ports: [{ port: port.port, targetPort: right }] } })],
    },
  }
}

function isOnly(ports: readonly ContainerPort[]): boolean {
  return new Set(ports.map(({ containerPort }) => containerPort)).size === 1
}

function portText({ name, containerPort }: ContainerPort): string {
  return name === undefined ? `${containerPort}` : `${containerPort} (${name})`
}
