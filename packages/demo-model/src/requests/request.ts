import type { Survey } from '../cluster/survey.ts'
import type { Action, Value } from '../commands/command.ts'
import type { Understood } from '../understanding/understand.ts'
import type { Focus } from './focus.ts'

/** A question with everything that is known when its answer begins. */
export type Request = {
  understood: Understood
  survey: Survey
  focus: Focus
  /** Names of the tools that this turn may use. */
  offered: ReadonlySet<string>
}

/** A change of one thing that was ordered in so many words. */
export type Order = Request & {
  action: Action
  value: Value
  /** As it was named. */
  names: readonly string[]
  /** A container that was named. */
  container: string | undefined
}
