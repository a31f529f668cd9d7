import {
  type Container,
  conditionOf,
  containersOf,
  isKind,
  type Node,
  refOf,
  type Workload,
} from '../cluster/objects.ts'
import { readObjects } from '../cluster/read-objects.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import { patch, patchContainer } from '../evidence/patches.ts'
import { fieldProof, workloadOf } from '../evidence/pod-container.ts'
import { numberOf, times } from '../evidence/quantity.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import type { Call, Plan } from '../plan/plan.ts'

/** A pod that no node takes: it asks for more than any has, or for a label that none bears. */
export function* schedulingCause(symptom: Symptom<'unscheduled'>): Plan<Finding> {
  const { pod, owner } = symptom
  const subject = refOf(owner ?? pod)
  const message = conditionOf(pod, 'PodScheduled')?.message ?? ''
  const { objects, parts } = yield* readObjects(['nodes'], 'all')
  const nodes = objects.filter(isKind('Node'))
  const of = parts.length === 0 ? '' : ` of the ${nodes.length} that I have read`
  const proofs: Proof[] = [
    fieldProof(refOf(pod), 'status.conditions[PodScheduled].status', 'False'),
    fieldProof(refOf(pod), 'status.conditions[PodScheduled].message', message),
  ]
  const finding: Finding = {
    subject,
    says: `A pod of ${nameOf(subject)} cannot be placed on any node.`,
    proofs,
    confidence: 80,
  }
  const workload = workloadOf(symptom)
  const template = workload?.spec.template.spec ?? pod.spec
  const prefix = workload === undefined ? 'spec' : 'spec.template.spec'
  const homeless = Object.entries(template.nodeSelector ?? {}).filter(
    ([key, value]) => !nodes.some(({ metadata }) => metadata.labels?.[key] === value),
  )
  const [pair] = homeless
  if (pair !== undefined && nodes.length > 0) {
    const [key, value] = pair
    const found: Finding = {
      ...finding,
      says: `A pod of ${nameOf(subject)} cannot be placed: it asks for nodes with the label \`${key}=${value}\`, and none${of} has it.`,
      proofs: [...proofs, fieldProof(subject, `${prefix}.nodeSelector.${key}`, value)],
      confidence: 95,
    }
    if (workload === undefined) return { ...found, missing: 'an owner whose template could be changed' }
    const back = yield* wayBack(workload, (spec) => spec.nodeSelector?.[key] !== value)
    if (back !== undefined) return { ...found, remedy: back.remedy }
    const nodeSelector = Object.fromEntries(homeless.map(([name]) => [name, null]))
    const calls: [Call] = [patch(subject, { spec: { template: { spec: { nodeSelector } } } })]
    return { ...found, remedy: { says: `let ${nameOf(subject)} run on nodes without \`${key}=${value}\``, calls } }
  }
  const large = tooLarge(containersOf(template), nodes)
  if (large === undefined || workload === undefined) {
    return { ...finding, missing: 'room on the nodes, or a smaller request: nothing here is plainly too large' }
  }
  return yield* requestCause(finding, { ...large, of }, workload)
}

type Large = {
  container: Container
  resource: 'cpu' | 'memory'
  requested: string
  most: { node: string; has: string }
}
/** `of`: which nodes are meant, where not all were read. */
type Compared = Large & { of: string }

function* requestCause(
  finding: Finding,
  { container, resource, requested, most, of }: Compared,
  workload: Workload,
): Plan<Finding> {
  const { subject, proofs } = finding
  const field = `spec.template.spec.containers[${container.name}].resources.requests.${resource}`
  const found: Finding = {
    ...finding,
    says: `A pod of ${nameOf(subject)} cannot be placed: its container \`${container.name}\` asks for ${requested} ${resource}, more than any node${of} has.`,
    proofs: [
      ...proofs,
      fieldProof(subject, field, requested),
      fieldProof({ kind: 'Node', name: most.node }, `status.allocatable.${resource}`, most.has),
    ],
    confidence: 95,
  }
  const back = yield* wayBack(workload, (spec) => {
    const before = containersOf(spec).find(({ name }) => name === container.name)?.resources?.requests?.[resource]
    return before === undefined || numberOf(before) < numberOf(requested)
  })
  if (back !== undefined) return { ...found, remedy: back.remedy }
  const less = smaller(requested, resource, most.has)
  const limit = container.resources?.limits?.[resource]
  const resources = {
    requests: { [resource]: less },
    ...(limit !== undefined && numberOf(limit) < numberOf(less) && { limits: { [resource]: less } }),
  }
  return {
    ...found,
    remedy: {
      says: `lower the ${resource} request of ${nameOf(subject)} from ${requested} to ${less}`,
      calls: [patchContainer(workload, container, { resources })],
    },
  }
}

function tooLarge(containers: readonly Container[], nodes: readonly Node[]): Large | undefined {
  for (const container of containers) {
    for (const resource of ['cpu', 'memory'] as const) {
      const requested = container.resources?.requests?.[resource]
      const [largest] = nodes
        .map(({ metadata, status }) => ({ node: metadata.name, has: status?.allocatable?.[resource] ?? '0' }))
        .toSorted((a, b) => numberOf(b.has) - numberOf(a.has))
      if (requested !== undefined && largest !== undefined && numberOf(requested) > numberOf(largest.has)) {
        return { container, resource, requested, most: largest }
      }
    }
  }
  return undefined
}

/** The same number in the next smaller unit, when that is what was probably meant; else a quarter of a node. */
function smaller(requested: string, resource: 'cpu' | 'memory', has: string): string {
  const meant =
    resource === 'cpu' ? requested.replace(/^(\d+)$/, '$1m') : requested.replace(/Gi$/, 'Mi').replace(/Ti$/, 'Gi')
  const least = resource === 'cpu' ? 0.01 : 2 ** 24
  if (meant !== requested && numberOf(meant) >= least && numberOf(meant) < numberOf(has) / 2) return meant
  return times(has, 0.25).replace(/^0/, '1')
}
