import type { EffectObject } from '@fairlead/contract/effect/effect'
import type { ToolAnswer } from '@fairlead/contract/tool/tool-meta'
import { nameOf, type ObjectWritten, refOfObject } from '../target/object-written.ts'
import type { ObjectSender, Sending, TargetSystem } from '../target/target-system.ts'
import { interrupted } from '../tool/interrupted.ts'
import { ToolError } from '../tool/tool-error.ts'
import { type ComputedEffect, computeEffect, type PlannedChange } from './compute-effect.ts'
import { contestedAnswer, settledAnswer, staleAnswer, writtenAnswer } from './execution-answer.ts'
import type { GatedWriteCall } from './gated-write-call.ts'
import { createSlots } from './slots.ts'
import { createObjectWriter, type ObjectWriter } from './write-object.ts'

/** What was approved, whoever approved it: a grant, or a user's confirmation. */
export type Permit = {
  effect_digest: string
  pins: Readonly<Record<string, unknown>>
  /** Milliseconds; no new try after it, and no request of one that is under way. */
  until: number
}

/** How often a write is tried whose object moves away under it: once, and at most five more times. */
const MAX_TRIES = 6

/** Of objects that are independent of each other. */
const REQUESTS_AT_ONCE = 10

const UNWRITTEN_BEFORE: Obstacle = { message: 'the write of an object before it did not succeed.' }

/**
 * Runs an approved write: the effect again, digests compared, then each write with preconditions. As long as nothing was
 * written, whatever moved starts it from the top, so that the whole effect is compared; from the first write on, each
 * object stands for itself.
 */
export async function execute(
  writeCall: GatedWriteCall,
  { permit, sender }: { permit: Permit; sender: ObjectSender },
): Promise<ToolAnswer> {
  const { target, context } = writeCall
  const { now, settings } = context
  const mayTryAgain = (tries: number): boolean => tries < MAX_TRIES && now().getTime() < permit.until
  const write = createObjectWriter({ target, sender, redactionKey: settings.redactionKey, mayTryAgain })
  for (let tries = 1; ; tries++) {
    let computed: ComputedEffect
    try {
      computed = await computeEffect(writeCall, permit.pins)
    } catch (error) {
      if (isContested(error, target)) return contestedAnswer(error, tries)
      // It moved between reading and dry run: no different from moving before the write.
      if (target.isOvertaken(error) && mayTryAgain(tries)) continue
      throw error
    }
    if (computed.effect_digest !== permit.effect_digest) return staleAnswer(computed, tries)
    const { written, overtaken } = await (sender.sendTogether === undefined
      ? writeAll(computed, { write, writeCall, tries })
      : writeAtOnce(computed, { sender, tries }))
    if (overtaken !== undefined && mayTryAgain(tries)) continue
    if (overtaken !== undefined) return writtenAnswer(computed, notStarted(computed, overtaken), tries)
    const answer = writtenAnswer(
      computed,
      written,
      written.reduce((most, { tries }) => Math.max(most, tries), tries),
    )
    return answer.outcome === 'succeeded' ? settledAnswer(answer, computed) : answer
  }
}

/** What was to change is gone, or somebody else's now: another object of the name, or its fields; or a name is taken. */
function isContested(error: unknown, target: TargetSystem): error is ToolError {
  if (!(error instanceof ToolError)) return false
  // A name that is taken stays so, while an object at another version can be read again.
  if (error.code === 'AlreadyExists') return true
  return (error.code === 'Conflict' || error.code === 'NotFound') && !target.isOvertaken(error)
}

type Progress = { written: readonly ObjectWritten[]; overtaken?: ObjectWritten }
type WriteContext = { write: ObjectWriter; writeCall: GatedWriteCall; tries: number }

/** Writes in order and stops at the first object that was not written for sure. */
async function writeAll({ changes }: ComputedEffect, writing: WriteContext): Promise<Progress> {
  const { write, writeCall, tries } = writing
  const { signal, progress } = writeCall.context
  const written: ObjectWritten[] = []
  for (const group of inGroups(changes)) {
    const [change] = group
    if (change === undefined) continue
    const obstacle = obstacleAfter(written, signal)
    if (obstacle !== undefined) {
      written.push(...group.map(({ object }) => notBegun(object, obstacle)))
    } else if (change.planned.isIndependent) {
      written.push(...(await writeTogether(group, writing)))
    } else {
      const isFirst = written.length === 0
      const one = await write(change, { isFirst, tries })
      if (one.isOvertaken && isFirst) return { written, overtaken: one }
      written.push(one)
      if (changes.length > 1) progress('status', lineOf(one))
    }
  }
  return { written }
}

/** All objects by one act of their target system, which is carried out once. */
async function writeAtOnce(
  { changes }: ComputedEffect,
  { sender, tries }: { sender: ObjectSender; tries: number },
): Promise<Progress> {
  if (changes.length === 0) return { written: [] }
  const sendings =
    (await sender.sendTogether?.(
      changes.map(({ objectPlan }) => objectPlan),
      { tries },
    )) ?? []
  const written = changes.map(({ object }, index) => writtenBy(object, sendings[index]))
  const isOvertaken = sendings.every((sending) => sending.outcome === 'stale' && sending.isUntouched)
  const [first] = written
  return isOvertaken && first !== undefined ? { written: [], overtaken: { ...first, isOvertaken: true } } : { written }
}

function writtenBy(object: EffectObject, sending: Sending | undefined): ObjectWritten {
  const ref = refOfObject(object)
  if (sending === undefined) throw new TypeError('A target system said nothing of an object')
  const { tries } = sending
  switch (sending.outcome) {
    case 'succeeded':
      return {
        outcome: { ref: { ...ref, ...(sending.uid !== undefined && { uid: sending.uid }) }, outcome: 'succeeded' },
        tries,
      }
    case 'unknown':
      return { outcome: { ref, outcome: 'unknown', error: sending.lost.message }, tries }
    default:
      return { outcome: { ref, outcome: 'failed', error: sending.error.text }, tries, error: sending.error }
  }
}

/** Objects by themselves, and independent neighbours together. */
function inGroups(changes: readonly PlannedChange[]): PlannedChange[][] {
  const groups: PlannedChange[][] = []
  for (const change of changes) {
    const last = groups.at(-1)
    if (change.planned.isIndependent && last?.[0]?.planned.isIndependent) last.push(change)
    else groups.push([change])
  }
  return groups
}

/** Nothing of an object was sent yet when it became clear that it shall not be. */
class NotBegun extends Error {
  override readonly name = 'NotBegun'
  readonly obstacle: Obstacle

  constructor(obstacle: Obstacle) {
    super(obstacle.message)
    this.obstacle = obstacle
  }
}

/** All at the same time, but for their requests; once one has not succeeded, none is begun any more. */
async function writeTogether(
  group: readonly PlannedChange[],
  { write, writeCall, tries }: WriteContext,
): Promise<ObjectWritten[]> {
  const { signal, progress } = writeCall.context
  const slots = createSlots(REQUESTS_AT_ONCE)
  const done: ObjectWritten[] = []
  return Promise.all(
    group.map(async (change) => {
      let isBegun = false
      const turn = <T>(work: () => Promise<T>) =>
        slots(() => {
          const obstacle = isBegun ? undefined : obstacleAfter(done, signal)
          if (obstacle !== undefined) throw new NotBegun(obstacle)
          isBegun = true
          return work()
        })
      try {
        const one = await write(change, { isFirst: false, tries, turn })
        done.push(one)
        progress('status', lineOf(one))
        return one
      } catch (error) {
        if (error instanceof NotBegun) return notBegun(change.object, error.obstacle)
        throw error
      }
    }),
  )
}

function lineOf({ outcome: { ref, outcome } }: ObjectWritten): string {
  return `${nameOf(ref)}: ${outcome}\n`
}

/** Why no further object is begun; `error` where no object before has it. */
type Obstacle = { message: string; error?: ToolError }

function obstacleAfter(written: readonly ObjectWritten[], signal: AbortSignal): Obstacle | undefined {
  if (written.some(({ outcome }) => outcome.outcome !== 'succeeded')) return UNWRITTEN_BEFORE
  const blocks = written.find((each) => each.blocks !== undefined)?.blocks
  if (blocks !== undefined) return { message: blocks.message }
  if (!signal.aborted) return undefined
  const error = interrupted(signal)
  return { message: error.message, error }
}

function notStarted({ changes }: ComputedEffect, overtaken: ObjectWritten): readonly ObjectWritten[] {
  const rest = changes.slice(1).map(({ object }) => notBegun(object, UNWRITTEN_BEFORE))
  return [overtaken, ...rest]
}

function notBegun(object: EffectObject, { message, error }: Obstacle): ObjectWritten {
  const outcome = { ref: refOfObject(object), outcome: 'failed' as const, error: `NotStarted: ${message}` }
  return { outcome, tries: 0, ...(error !== undefined && { error }) }
}
