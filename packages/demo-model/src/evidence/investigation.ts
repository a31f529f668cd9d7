import type { State } from '../cluster/state.ts'
import type { Plan } from '../plan/plan.ts'
import type { Finding } from './finding.ts'
import type { Symptom } from './symptoms.ts'

/** What a way from a symptom to its cause goes by: what was read, and how to go on along another symptom. */
export type Investigation = {
  state: State
  /** Undefined for a symptom that the way has come from. */
  follow(symptom: Symptom): Plan<Finding> | undefined
}
