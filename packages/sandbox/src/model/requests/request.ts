import type { Survey } from '../cluster/survey.ts'
import type { Understood } from '../words/understand.ts'
import type { Focus } from './focus.ts'

/** A question with everything that is known when its answer begins. */
export type Request = {
  understood: Understood
  survey: Survey
  focus: Focus
  /** Names of the tools that this turn may use. */
  offered: ReadonlySet<string>
}
