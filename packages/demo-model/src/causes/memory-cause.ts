import { containersOf } from '../cluster/objects.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import { patchContainer } from '../evidence/patches.ts'
import { declaredIn, fieldProof, type PodContainer, workloadOf } from '../evidence/pod-container.ts'
import { numberOf, times } from '../evidence/quantity.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Plan } from '../plan/plan.ts'

/** Killed for using more memory than its limit: an earlier revision had more, or it is given twice as much. */
export function* memoryCause(podContainer: PodContainer, shown: readonly Proof[]): Plan<Finding> {
  const { of, path, container } = declaredIn(podContainer)
  const limit = container.resources?.limits?.memory
  const finding: Finding = {
    subject: of,
    says: `The container \`${container.name}\` of ${nameOf(of)} is killed: it needs more memory than its limit allows.`,
    proofs: [...shown, ...(limit === undefined ? [] : [fieldProof(of, `${path}.resources.limits.memory`, limit)])],
    confidence: 95,
  }
  const workload = workloadOf(podContainer)
  if (limit === undefined)
    return { ...finding, confidence: 70, missing: 'a limit to raise: its node ran out of memory' }
  if (workload === undefined) return { ...finding, missing: 'an owner whose template could be changed' }
  const back = yield* wayBack(workload, (spec) => {
    const before = containersOf(spec).find(({ name }) => name === container.name)?.resources?.limits?.memory
    return before === undefined || numberOf(before) > numberOf(limit)
  })
  if (back !== undefined) return { ...finding, remedy: back.remedy }
  const more = times(limit, 2)
  return {
    ...finding,
    remedy: {
      says: `raise the memory limit of ${nameOf(of)} from ${limit} to ${more}`,
      calls: [patchContainer(workload, container, { resources: { limits: { memory: more } } })],
    },
  }
}
