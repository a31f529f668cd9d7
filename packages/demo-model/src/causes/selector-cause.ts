import { refOf, type Workload } from '../cluster/objects.ts'
import { isTogether } from '../cluster/state.ts'
import { type Finding, nameOf } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { patch } from '../evidence/patches.ts'
import { fieldProof } from '../evidence/pod-container.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import { distance } from '../lexicon/distance.ts'

/** A Service that selects no pod: the labels of the workload that it is meant for are others. */
export function selectorCause({ service }: Symptom<'selects-nothing'>, { state }: Investigation): Finding {
  const subject = refOf(service)
  const { selector = {} } = service.spec
  const finding: Finding = {
    subject,
    says: `${nameOf(subject)} leads nowhere: no pod has the labels that it selects.`,
    proofs: [fieldProof(subject, 'spec.selector', selector), fieldProof(subject, 'endpoints', 'none')],
    confidence: 90,
  }
  const candidates = state.workloads
    .filter((workload) => isTogether(workload, service))
    .map((workload) => ({ workload, score: fitOf(workload, service.metadata.name, selector) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
  const [best, next] = candidates
  if (best === undefined || best.score === next?.score) {
    return { ...finding, confidence: 75, missing: `which pods ${nameOf(subject)} is meant for` }
  }
  const { workload } = best
  const labels = workload.spec.template.metadata?.labels ?? {}
  const own = workload.spec.selector?.matchLabels ?? {}
  const wanted = Object.keys(selector).every((key) => key in labels)
    ? Object.fromEntries(Object.keys(selector).map((key) => [key, labels[key]]))
    : { ...Object.fromEntries(Object.keys(selector).map((key) => [key, labels[key] ?? null])), ...own }
  return {
    ...finding,
    proofs: [...finding.proofs, fieldProof(refOf(workload), 'spec.template.metadata.labels', labels)],
    confidence: 95,
    touches: [refOf(workload)],
    remedy: {
      says: `let ${nameOf(subject)} select the pods of ${nameOf(refOf(workload))}`,
      calls: [patch(subject, { spec: { selector: wanted } }, 'merge')],
    },
  }
}

/** How much speaks for a workload being the one that a Service is meant for. */
function fitOf({ metadata, spec }: Workload, name: string, selector: Record<string, string>): number {
  const labels = spec.template.metadata?.labels ?? {}
  const values = Object.values(labels)
  const pairs = Object.entries(selector).map(([key, value]) => {
    if (labels[key] === value) return 1
    if (labels[key] !== undefined && isAlike(labels[key], value)) return 3
    return values.some((other) => other === value || isAlike(other, value)) ? 2 : 0
  })
  const byName = metadata.name === name ? 5 : name.startsWith(metadata.name) || metadata.name.startsWith(name) ? 3 : 0
  return pairs.reduce<number>((total, points) => total + points, byName)
}

function isAlike(a: string, b: string): boolean {
  return (
    distance(a, b, 3) <= Math.max(1, Math.floor(Math.min(a.length, b.length) / 4)) || a.startsWith(b) || b.startsWith(a)
  )
}
