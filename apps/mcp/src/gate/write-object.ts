import { isDeepStrictEqual } from 'node:util'
import type { EffectObject, ObjectRef } from '@fairlead/contract/effect/effect'
import { effectObject } from '../effect/effect-object.ts'
import { nameOf, type ObjectWritten, refOfObject } from '../target/object-written.ts'
import type { ObjectPlan } from '../target/plan.ts'
import type { ObjectSender, Sending, TargetSystem, Turn } from '../target/target-system.ts'
import { ToolError } from '../tool/tool-error.ts'
import { elementsByPosition, type PlannedChange } from './compute-effect.ts'

/** Writes one object of an effect; `isFirst`: nothing was written before it, and it was planned just now. */
export type ObjectWriter = (
  change: PlannedChange,
  at: { isFirst: boolean; tries: number; turn?: Turn },
) => Promise<ObjectWritten>

const atOnce: Turn = (work) => work()

/**
 * Hands objects to their target system until their outcome is decided. What was refused or overtaken is planned again,
 * compared with what was approved, and sent again where the system enforces the write's preconditions.
 */
export function createObjectWriter({
  target,
  sender,
  redactionKey,
  mayTryAgain,
}: {
  target: TargetSystem
  sender: ObjectSender
  redactionKey: Uint8Array | undefined
  mayTryAgain: (tries: number) => boolean
}): ObjectWriter {
  /** Read again, and what is left to do to it compared with what was approved. */
  const planAgain = async ({ planned, objectPlan: first, object }: PlannedChange): Promise<ObjectPlan> => {
    const again = await planned.plan()
    const [now, then] = [again, first].map((each) => elementsByPosition(target, each, redactionKey))
    const isPinned = isDeepStrictEqual(again.pins, first.pins)
    if (now === then && isPinned && isSameChange(effectObject(again, redactionKey), object)) return again
    throw new ToolError('Stale', `what would change in ${nameOf(object)} is no longer what was approved.`)
  }
  /** Whether nothing speaks against sending the object once more, in which nothing was done. */
  const mayFollow = (sending: Sending, objectPlan: ObjectPlan): boolean => {
    if (sending.outcome === 'failed') return sending.mayPlanAgain
    if (sending.outcome !== 'stale' || !target.enforces(objectPlan) || !mayTryAgain(sending.tries)) return false
    // What was made has gone again: to make it once more would be a second effect of one approval.
    return objectPlan.before !== undefined || sending.isUntouched
  }
  const writeUntilDecided = async (
    change: PlannedChange,
    { isFirst, tries: firstTry, turn = atOnce }: Parameters<ObjectWriter>[1],
  ): Promise<ObjectWritten> => {
    const ref = refOfObject(change.object)
    let objectPlan = isFirst ? change.objectPlan : await turn(() => planAgain(change))
    for (let tries = firstTry; ; ) {
      const sending = await sender.send(objectPlan, { isFirst, tries, mayTryAgain, turn })
      if (sending.outcome === 'unknown')
        return { outcome: { ref, outcome: 'unknown', error: sending.lost.message }, tries: sending.tries }
      if (sending.outcome === 'succeeded') return succeeded(change, sending)
      const failure = failed(ref, sending.error, sending.tries)
      if (sending.outcome === 'stale' && sending.isUntouched && isFirst && target.enforces(objectPlan))
        return { ...failure, isOvertaken: true }
      if (!mayFollow(sending, objectPlan)) return failure
      objectPlan = await turn(() => planAgain(change))
      tries = sending.outcome === 'stale' ? sending.tries + 1 : sending.tries
    }
  }
  return async (change, at) => {
    try {
      return await writeUntilDecided(change, at)
    } catch (error) {
      if (!(error instanceof ToolError)) throw error
      return failed(refOfObject(change.object), error, at.tries)
    }
  }
}

async function succeeded(
  { planned, object }: PlannedChange,
  { uid = object.uid, tries }: { uid?: string; tries: number },
): Promise<ObjectWritten> {
  const ref = { ...refOfObject(object), ...(uid !== undefined && { uid }) }
  return { outcome: { ref, outcome: 'succeeded' }, tries, blocks: await blockedAfter(planned) }
}

async function blockedAfter(planned: PlannedChange['planned']): Promise<ToolError | undefined> {
  try {
    await planned.afterWrite?.()
    return undefined
  } catch (error) {
    if (!(error instanceof ToolError)) throw error
    return error
  }
}

function failed(ref: ObjectRef, error: ToolError, tries: number): ObjectWritten {
  return { outcome: { ref, outcome: 'failed', error: error.text }, tries, error }
}

/** As JSON, since that is what was approved; the diff is for people. */
function isSameChange(left: EffectObject, right: EffectObject): boolean {
  return isDeepStrictEqual(approvedPart(left), approvedPart(right))
}

function approvedPart({ diff: _, ...approved }: EffectObject): unknown {
  return JSON.parse(JSON.stringify(approved))
}
