import { investigate } from '../causes/investigate.ts'
import { refusedCause, refusedIn } from '../causes/refused-cause.ts'
import { podsOf } from '../cluster/state.ts'
import type { Finding } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import { readLog } from '../evidence/read-pod.ts'
import { inParallel } from '../plan/in-parallel.ts'
import type { Plan } from '../plan/plan.ts'
import type { Focus } from '../requests/focus.ts'
import { type Causes, scoreOf } from './find-causes.ts'

const MAX_PODS = 5

/** Everything runs and is ready: what a program cannot reach shows in its log alone. */
export function* readQuietLogs({ state }: Causes, focus: Focus): Plan<Finding | undefined> {
  const first = state.workloads
    .map((workload) => ({ workload, score: scoreOf({ ...workload.metadata, kind: workload.kind }, focus) }))
    .toSorted((a, b) => b.score - a.score)
    .flatMap(({ workload }) => {
      const [pod] = podsOf(workload, state)
      const [container] = workload.spec.template.spec.containers
      return pod === undefined || container === undefined ? [] : [{ pod, owner: workload, container }]
    })
    .slice(0, MAX_PODS)
  const logs = yield* inParallel(first.map(({ pod, container }) => readLog(pod, container.name, false)))
  for (const [index, podContainer] of first.entries()) {
    const refused = refusedIn((logs[index] ?? []).slice(-RECENT))
    if (refused === undefined) continue
    const investigation: Investigation = { state, follow: (symptom) => investigate(symptom, state) }
    const finding = yield* refusedCause(podContainer, refused, { shown: [], investigation })
    if (finding.remedy !== undefined) return finding
  }
  return undefined
}

/** A program that has long found what it looked for had trouble at its start; the newest lines count. */
const RECENT = 5
