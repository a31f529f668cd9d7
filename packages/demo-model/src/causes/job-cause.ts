import { conditionOf, containersOf, type Job, refOf } from '../cluster/objects.ts'
import { isTogether } from '../cluster/state.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { jobAgain } from '../evidence/patches.ts'
import { fieldProof } from '../evidence/pod-container.ts'
import { readLog } from '../evidence/read-pod.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import type { Plan } from '../plan/plan.ts'
import { missingVariable, variableCause } from './environment-cause.ts'
import { memoryOfJob } from './job-memory.ts'

/** A Job that has given up: its condition says how, its last pod why. It cannot be changed, only run again. */
export function* jobCause({ job }: Symptom<'job-failed'>, { state }: Investigation): Plan<Finding> {
  const subject = refOf(job)
  const condition = conditionOf(job, 'Failed')
  const proofs: Proof[] = [
    fieldProof(subject, 'status.conditions[Failed].reason', condition?.reason ?? ''),
    ...(condition?.message ? [fieldProof(subject, 'status.conditions[Failed].message', condition.message)] : []),
  ]
  if (condition?.reason === 'DeadlineExceeded') return deadline(job, proofs)
  const pod = state.pods.find(
    (one) => isTogether(one, job) && one.metadata.ownerReferences?.some(({ name }) => name === job.metadata.name),
  )
  // As the Job declares it: in the pod, the cluster has added mounts of its own.
  const [container] = containersOf(job.spec.template.spec)
  if (pod === undefined || container === undefined) return plain(job, proofs)
  const ended = pod.status?.containerStatuses?.map((status) => status.state?.terminated ?? status.lastState?.terminated)
  const last = ended?.find((one) => one !== undefined)
  const shown: Proof[] = [
    ...proofs,
    ...(last === undefined
      ? []
      : [
          fieldProof(
            refOf(pod),
            `status.containerStatuses[${container.name}].state.terminated.exitCode`,
            last.exitCode ?? 0,
          ),
        ]),
  ]
  if (last?.reason === 'OOMKilled') return memoryOfJob(job, container, shown)
  const lines = yield* readLog(pod, container.name, false)
  const variable = missingVariable(lines)
  if (variable !== undefined) return yield* variableCause({ pod, owner: job, container }, variable, shown)
  const line = lines.findLast((one) => /error|fatal|panic|exception|fail|refused/i.test(one)) ?? lines.at(-1)
  return plain(job, [
    ...shown,
    ...(line === undefined ? [] : [{ of: refOf(pod), source: 'log' as const, quote: line }]),
  ])
}

function plain(job: Job, proofs: readonly Proof[]): Finding {
  const subject = refOf(job)
  return {
    subject,
    says: `${nameOf(subject)} has failed.`,
    proofs,
    confidence: 80,
    missing: 'what should be different when it runs again: neither its condition nor its log tell',
  }
}

const LONGER = 10

function deadline(job: Job, proofs: readonly Proof[]): Finding {
  const subject = refOf(job)
  const seconds = job.spec.activeDeadlineSeconds ?? 1
  const again = jobAgain(job, { spec: { activeDeadlineSeconds: seconds * LONGER } })
  return {
    subject,
    says: `${nameOf(subject)} was stopped: it had not ended after ${seconds} s.`,
    proofs: [...proofs, fieldProof(subject, 'spec.activeDeadlineSeconds', seconds)],
    confidence: 92,
    remedy: { says: `run it again as Job \`${again.name}\`, with ${seconds * LONGER} s`, calls: [again.call] },
  }
}
