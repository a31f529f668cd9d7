import { type Container, type Job, refOf } from '../cluster/objects.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import { jobAgain } from '../evidence/patches.ts'
import { fieldProof } from '../evidence/pod-container.ts'
import { times } from '../evidence/quantity.ts'

/** A Job whose program was killed for its memory: the same one again, with twice as much. */
export function memoryOfJob(job: Job, container: Container, proofs: readonly Proof[]): Finding {
  const subject = refOf(job)
  const limit = container.resources?.limits?.memory
  const says = `${nameOf(subject)} has failed: its container needs more memory than its limit allows.`
  if (limit === undefined) return { subject, says, proofs, confidence: 75, missing: 'a limit to raise' }
  const more = times(limit, 2)
  const limits = { ...container.resources?.limits, memory: more }
  const again = jobAgain(job, { container: { ...container, resources: { ...container.resources, limits } } })
  return {
    subject,
    says,
    proofs: [
      ...proofs,
      fieldProof(subject, `spec.template.spec.containers[${container.name}].resources.limits.memory`, limit),
    ],
    confidence: 95,
    remedy: { says: `run it again as Job \`${again.name}\`, with ${more} of memory`, calls: [again.call] },
  }
}
