import { containersOf, refOf } from '../cluster/objects.ts'
import { type Finding, nameOf } from '../evidence/finding.ts'
import { fieldProof } from '../evidence/pod-container.ts'
import { readEvents } from '../evidence/read-pod.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import type { Plan } from '../plan/plan.ts'
import { missingConfig, missingIn } from './config-cause.ts'

/** Containers that are long in the making: a volume that cannot be mounted says why in an event. */
export function* waitingCause({ pod, owner }: Symptom<'waiting'>): Plan<Finding> {
  const events = yield* readEvents(pod)
  const failed = events.findLast(({ reason }) => /^Failed/.test(reason))
  const of = refOf(pod)
  const missing = failed && missingIn(failed.message)
  const [container] = containersOf(pod.spec)
  if (failed !== undefined && missing !== undefined && container !== undefined) {
    const shown = [{ of, source: 'event' as const, quote: `${failed.reason}: ${failed.message}` }]
    return yield* missingConfig({ pod, owner, container }, missing, shown)
  }
  const subject = refOf(owner ?? pod)
  const proofs = [
    fieldProof(of, 'status.phase', pod.status?.phase ?? ''),
    ...(failed === undefined ? [] : [{ of, source: 'event' as const, quote: `${failed.reason}: ${failed.message}` }]),
  ]
  const says = `A pod of ${nameOf(subject)} is still being made.`
  return { subject, says, proofs, confidence: failed === undefined ? 40 : 65, missing: 'what holds it up' }
}
