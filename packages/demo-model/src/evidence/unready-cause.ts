import { refOf } from '../cluster/objects.ts'
import type { Plan } from '../plan.ts'
import type { Finding } from './finding.ts'
import { fieldProof, statusPath } from './in-pod.ts'
import type { Lead } from './lead.ts'
import { probeCause } from './probe-cause.ts'
import { readEvents, readLog } from './read-pod.ts'
import { refusedCause, refusedIn } from './refused-cause.ts'
import type { Symptom } from './symptoms.ts'

/** It runs and is never ready: its probe asks at the wrong place, or the program waits for something else. */
export function* unreadyCause(symptom: Symptom<'unready'>, lead: Lead): Plan<Finding> {
  const { pod, container } = symptom
  const shown = [fieldProof(refOf(pod), `${statusPath(symptom)}.ready`, false)]
  const events = yield* readEvents(pod)
  const lines = yield* readLog(pod, container.name, false)
  const probed = events.findLast(({ message }) => /probe failed/i.test(message))
  const isRefused = /refused|no route|reset/i.test(probed?.message ?? '')
  const refused = refusedIn(lines)
  // A probe that gets an answer found the program; then the program says what it lacks.
  if (refused !== undefined && !isRefused) return yield* refusedCause(symptom, refused, { shown, lead })
  return yield* probeCause(symptom, { events, lines, shown })
}
