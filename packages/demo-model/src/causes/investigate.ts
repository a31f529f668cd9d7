import type { State } from '../cluster/state.ts'
import type { Finding } from '../evidence/finding.ts'
import type { Investigation } from '../evidence/investigation.ts'
import type { Sort, Symptom } from '../evidence/symptoms.ts'
import type { Plan } from '../plan/plan.ts'
import { configCause } from './config-cause.ts'
import { crashCause } from './crash-cause.ts'
import { imageCause } from './image-cause.ts'
import { jobCause } from './job-cause.ts'
import { failedPod, pausedCause, suspendedCause } from './plain-causes.ts'
import { portCause } from './port-cause.ts'
import { quotaCause } from './quota-cause.ts'
import { schedulingCause } from './scheduling-cause.ts'
import { selectorCause } from './selector-cause.ts'
import { unreadyCause } from './unready-cause.ts'
import { waitingCause } from './waiting-cause.ts'

/** The ways from a symptom to its proof: each follows its own evidence, and may lead on to another object. */
type Ways = { [Is in Sort]: (symptom: Symptom<Is>, investigation: Investigation) => Plan<Finding> | Finding }

const ways: Ways = {
  image: imageCause,
  config: configCause,
  crash: crashCause,
  unready: unreadyCause,
  unscheduled: schedulingCause,
  waiting: waitingCause,
  failed: failedPod,
  'none-made': quotaCause,
  paused: pausedCause,
  'selects-nothing': selectorCause,
  'leads-nowhere': portCause,
  'job-failed': jobCause,
  suspended: suspendedCause,
}

/** Follows a symptom to its cause, over other objects where the evidence leads there. */
export function* investigate(symptom: Symptom, state: State, come: readonly Symptom[] = []): Plan<Finding> {
  const path = [...come, symptom]
  const investigation: Investigation = {
    state,
    follow: (next) => (path.includes(next) ? undefined : investigate(next, state, path)),
  }
  const way = ways[symptom.is] as (symptom: Symptom, investigation: Investigation) => Plan<Finding> | Finding
  const found = way(symptom, investigation)
  return 'says' in found ? found : yield* found
}
