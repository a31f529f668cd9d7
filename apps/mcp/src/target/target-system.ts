import type { EffectObject, ObjectVerdict, Undo } from '@fairlead/contract/effect/effect'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import type { Unseen } from '../effect/highlights/unseen.ts'
import type { KubeObject } from '../effect/kube-object.ts'
import type { ToolError } from '../tool/tool-error.ts'
import type { AnswerLost } from './answer-lost.ts'
import type { ObjectPlan } from './plan.ts'

/**
 * What writes reach, for one call: the API server of a cluster, a release store, a CI server. The gate knows no other
 * way to any of them. `Planned` is what the tools of the system plan; a system gets back only what they have planned.
 */
export type TargetSystem<Planned extends ObjectPlan = ObjectPlan> = {
  /** Heads a confirmation, in one line: `Cluster eu (https://eu.example), context prod`. */
  readonly heading: string
  /** Throws ToolError where there are several such systems and the arguments name none. */
  requireNamed(args: Readonly<Record<string, unknown>>): void
  /** Throws ToolError for an object that this call may not write. Contacts nothing. */
  requireWritable(objectPlan: Planned): void
  /**
   * Whether the system itself refuses the write once the object is no longer as it was planned. Where it does not, the
   * object is sent once, whatever comes of it.
   */
  enforces(objectPlan: Planned): boolean
  /** Whether the write finds what it changes by its place in a list: then what stands there is fixed with the effect. */
  isByPosition(objectPlan: Planned): boolean
  /** Whether a plan failed since its object changed while it was being made; it may be made again. */
  isOvertaken(error: unknown): boolean
  /** Values that tell this very system from another one of its name. */
  pins(): Promise<Readonly<Record<string, unknown>>>
  /** What is there already and decides what the planned objects would run. */
  surroundings(objectPlans: readonly Planned[]): Promise<Surroundings>
  /** The undo, naming the system where there are several. */
  undoHere(undo: Undo): Undo
  /** Which requests of the write each user may not make, by the system's own rules. */
  rights(users: readonly User[], objectPlans: readonly Planned[]): Promise<Rights>
  /** Carries out what only reads; no other plan is passed. ToolError: it failed; AnswerLost: nobody knows. */
  read(objectPlan: Planned): Promise<void>
  /** The only way to change anything. */
  openSender(permitted: Permitted): ObjectSender<Planned>
  /** Reads an object of an approved effect back, and compares it with its changes. Writes nothing. */
  verify(object: EffectObject, how: Verifying): Promise<Verified>
}

export type User = { sub: string; groups: readonly string[] }

export type Rights = NonNullable<ToolAnswer['rights']>

/** `users` run what is written, `given` is run by it; `unseen` is what could not be read of either. */
export type Surroundings = { users: readonly KubeObject[]; given: readonly KubeObject[]; unseen: readonly Unseen[] }

export type Permitted = {
  /** Names the approval in the logs of the system: `call/<call_id>`. */
  mark: string
  /** Throws once the time of the permit is over. Called right before each request, however long it has waited. */
  requireTime: () => void
  /** What the caller is to know of a write that succeeded. */
  warn: (warning: string) => void
}

export type ObjectSender<Planned extends ObjectPlan = ObjectPlan> = {
  /** Sends one object. What the system answers is returned, never thrown. */
  send(objectPlan: Planned, at: SendingAt): Promise<Sending>
  /**
   * Where one act writes all objects of a plan together: carries it out once, and says what became of each. Left out
   * where objects are written one by one.
   */
  sendTogether?(objectPlans: readonly Planned[], at: Pick<SendingAt, 'tries'>): Promise<readonly Sending[]>
}

export type SendingAt = {
  /** Nothing was written before it, and it was planned just now. */
  isFirst: boolean
  tries: number
  mayTryAgain: (tries: number) => boolean
  turn: Turn
}

/** Where objects are written at the same time: does the work when its turn has come, or throws why it never will. */
export type Turn = <T>(work: () => Promise<T>) => Promise<T>

/** `tries`: the number of the try that ended so. */
export type Sending = { tries: number } & (
  | { outcome: 'succeeded'; uid?: string }
  /** `mayPlanAgain`: nothing was done, and what was in the way may be over: the object may be planned and sent again. */
  | { outcome: 'failed'; error: ToolError; mayPlanAgain: boolean }
  /** The object changed under the request, which did nothing. `isUntouched`: no request before it did anything either. */
  | { outcome: 'stale'; error: ToolError; isUntouched: boolean }
  /** Nobody knows; it is never sent again. */
  | { outcome: 'unknown'; lost: AnswerLost }
)

export type Verifying = {
  /** Ends the waiting. */
  deadline: AbortSignal
  mayWait: boolean
  /** Of the approved effect. */
  pins: Readonly<Record<string, unknown>>
  /** Whether a path would still be changed by the call: for values that are hidden without a hash. */
  stillToDo: (object: EffectObject) => Promise<(path: string) => boolean>
}

/** `note`: why, in words, where the verdict does not say it. */
export type Verified = { verdict: ObjectVerdict; note?: string }
