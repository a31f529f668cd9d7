import { refOf } from '../cluster/objects.ts'
import { type Finding, nameOf, type Proof } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { declaredIn, fieldProof, statusPath, workloadOf } from '../evidence/pod-container.ts'
import { readEvents, readLog } from '../evidence/read-pod.ts'
import { wayBack } from '../evidence/revisions.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import type { Plan } from '../plan/plan.ts'
import { missingVariable, variableCause } from './environment-cause.ts'
import { memoryCause } from './memory-cause.ts'
import { probeCause } from './probe-cause.ts'
import { refusedCause, refusedIn } from './refused-cause.ts'

/** A container that ends and is started again: how it ended, and what it wrote before, lead on. */
export function* crashCause(symptom: Symptom<'crash'>, investigation: Investigation): Plan<Finding> {
  const { pod, container, status } = symptom
  const ended = status.state?.terminated ?? status.lastState?.terminated
  const where = status.state?.terminated === undefined ? 'lastState' : 'state'
  const shown: Proof[] = [
    ...(status.state?.waiting?.reason
      ? [fieldProof(refOf(pod), `${statusPath(symptom)}.state.waiting.reason`, status.state.waiting.reason)]
      : []),
    ...(ended === undefined
      ? []
      : [
          fieldProof(refOf(pod), `${statusPath(symptom)}.${where}.terminated.reason`, ended.reason ?? ''),
          fieldProof(refOf(pod), `${statusPath(symptom)}.${where}.terminated.exitCode`, ended.exitCode ?? 0),
        ]),
  ]
  if (ended?.reason === 'OOMKilled') return yield* memoryCause(symptom, shown)
  const lines = yield* readLog(pod, container.name, true)
  const variable = missingVariable(lines)
  if (variable !== undefined) return yield* variableCause(symptom, variable, shown)
  const refused = refusedIn(lines)
  if (refused !== undefined) return yield* refusedCause(symptom, refused, { shown, investigation })
  const wasKilled = ended?.exitCode === 137 || ended?.exitCode === 143
  const events = wasKilled ? yield* readEvents(pod) : []
  if (events.some(({ message }) => /liveness probe failed|startup probe failed/i.test(message))) {
    return yield* probeCause(symptom, { events, lines, shown })
  }
  return yield* unexplained(symptom, lines, shown)
}

/** It crashes, and nothing tells of what: an earlier revision that did not is all that is left to go back to. */
function* unexplained(symptom: Symptom<'crash'>, lines: readonly string[], shown: readonly Proof[]): Plan<Finding> {
  const { pod, container } = symptom
  const { of, container: declared } = declaredIn(symptom)
  const last = lines.findLast((line) => /error|fatal|panic|exception|fail/i.test(line)) ?? lines.at(-1)
  const finding: Finding = {
    subject: of,
    says: `The container \`${container.name}\` of ${nameOf(of)} ends again and again.`,
    proofs: [...shown, ...(last === undefined ? [] : [{ of: refOf(pod), source: 'log' as const, quote: last }])],
    confidence: 75,
  }
  const workload = workloadOf(symptom)
  const back =
    workload &&
    (yield* wayBack(workload, (spec) =>
      spec.containers.some(({ name, image }) => name === declared.name && image !== declared.image),
    ))
  if (back !== undefined) {
    const proof = fieldProof(of, `${declaredIn(symptom).path}.image`, declared.image ?? '')
    return { ...finding, proofs: [...finding.proofs, proof], confidence: 90, remedy: back.remedy }
  }
  return { ...finding, missing: 'what the program needs: its log does not say' }
}
