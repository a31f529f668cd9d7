import { refOf } from '../cluster/objects.ts'
import { type Finding, nameOf } from '../evidence/finding.ts'
import { patch } from '../evidence/patches.ts'
import { fieldProof } from '../evidence/pod-container.ts'
import type { Symptom } from '../evidence/symptoms.ts'

/** A pod of nobody's that has ended badly: there is no more to it than it says itself. */
export function failedPod({ pod }: Symptom<'failed'>): Finding {
  const subject = refOf(pod)
  const { reason = '', message = '' } = pod.status ?? {}
  return {
    subject,
    says: `${nameOf(subject)} has failed${reason === '' ? '' : `: ${reason}`}.`,
    proofs: [
      fieldProof(subject, 'status.phase', 'Failed'),
      ...(message === '' ? [] : [fieldProof(subject, 'status.message', message)]),
    ],
    confidence: 75,
    missing: 'whether it should run again: nothing else makes it',
  }
}

/** A roll-out that somebody has stopped half-way. */
export function pausedCause({ workload }: Symptom<'paused'>): Finding {
  const subject = refOf(workload)
  const { updatedReplicas = 0 } = workload.status ?? {}
  return {
    subject,
    says: `The roll-out of ${nameOf(subject)} does not go on: it is paused.`,
    proofs: [
      fieldProof(subject, 'spec.paused', true),
      fieldProof(subject, 'status.updatedReplicas', `${updatedReplicas} of ${workload.spec.replicas ?? 1}`),
    ],
    confidence: 95,
    remedy: {
      says: `let the roll-out of ${nameOf(subject)} go on`,
      calls: [patch(subject, { spec: { paused: false } }, 'merge')],
    },
  }
}

/** A CronJob that somebody has stopped. */
export function suspendedCause({ cronJob }: Symptom<'suspended'>): Finding {
  const subject = refOf(cronJob)
  const { lastScheduleTime } = cronJob.status ?? {}
  return {
    subject,
    says: `${nameOf(subject)} does not run: it is suspended.`,
    proofs: [
      fieldProof(subject, 'spec.suspend', true),
      fieldProof(subject, 'status.lastScheduleTime', lastScheduleTime ?? 'not set'),
    ],
    confidence: 95,
    remedy: {
      says: `let ${nameOf(subject)} run again`,
      calls: [patch(subject, { spec: { suspend: false } }, 'merge')],
    },
  }
}
