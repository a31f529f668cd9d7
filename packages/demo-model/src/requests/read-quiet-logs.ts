import { podsOf } from '../cluster/state.ts'
import type { Finding } from '../evidence/finding.ts'
import { investigate } from '../evidence/investigate.ts'
import type { Lead } from '../evidence/lead.ts'
import { readLog } from '../evidence/read-pod.ts'
import { refusedCause, refusedIn } from '../evidence/refused-cause.ts'
import type { Plan } from '../plan.ts'
import { together } from '../together.ts'
import { type Causes, scoreOf } from './find-causes.ts'
import type { Focus } from './focus.ts'

const MOST = 5

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
    .slice(0, MOST)
  const logs = yield* together(first.map(({ pod, container }) => readLog(pod, container.name, false)))
  for (const [index, inPod] of first.entries()) {
    const refused = refusedIn((logs[index] ?? []).slice(-RECENT))
    if (refused === undefined) continue
    const lead: Lead = { state, follow: (symptom) => investigate(symptom, state) }
    const finding = yield* refusedCause(inPod, refused, { shown: [], lead })
    if (finding.remedy !== undefined) return finding
  }
  return undefined
}

/** A program that has long found what it looked for had trouble at its start; the newest lines count. */
const RECENT = 5
