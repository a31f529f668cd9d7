import { refOf } from '../cluster/objects.ts'
import type { Finding } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { fieldProof, statusPath } from '../evidence/pod-container.ts'
import { readEvents, readLog } from '../evidence/read-pod.ts'
import type { Symptom } from '../evidence/symptoms.ts'
import type { Plan } from '../plan/plan.ts'
import { probeCause } from './probe-cause.ts'
import { refusedCause, refusedIn } from './refused-cause.ts'

/** It runs and is never ready: its probe asks at the wrong place, or the program waits for something else. */
export function* unreadyCause(symptom: Symptom<'unready'>, investigation: Investigation): Plan<Finding> {
  const { pod, container } = symptom
  const shown = [fieldProof(refOf(pod), `${statusPath(symptom)}.ready`, false)]
  const events = yield* readEvents(pod)
  const lines = yield* readLog(pod, container.name, false)
  const probed = events.findLast(({ message }) => /probe failed/i.test(message))
  const isRefused = /refused|no route|reset/i.test(probed?.message ?? '')
  const refused = refusedIn(lines)
  // A probe that gets an answer found the program; then the program says what it lacks.
  if (refused !== undefined && !isRefused) return yield* refusedCause(symptom, refused, { shown, investigation })
  return yield* probeCause(symptom, { events, lines, shown })
}
