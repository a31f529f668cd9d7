import type { EffectObject } from '@fairlead/contract/effect'
import type { ToolAnswer } from '@fairlead/contract/tool-meta'
import { isPreconditionFailure } from '../kube/api-error.ts'
import { ToolError } from '../tool-error.ts'
import { type ComputedEffect, computeEffect } from './compute-effect.ts'
import { contestedAnswer, settledAnswer, staleAnswer, writtenAnswer } from './execution-answer.ts'
import type { WriteCallInHand } from './write-call.ts'
import { createObjectWriter, nameOf, type ObjectWriter, type ObjectWritten, refOfObject } from './write-object.ts'
import type { Writer } from './writer.ts'

/** What was approved, whoever approved it: a grant, or a user's confirmation. */
export type Permit = {
  effect_digest: string
  pins: Readonly<Record<string, unknown>>
  /** Milliseconds; no new try after it. */
  until: number
}

/** How often a write is tried whose object moves away under it: once, and at most five more times. */
const MOST_TRIES = 6

const UNWRITTEN_BEFORE = 'the write of an object before it did not succeed.'

/**
 * Runs an approved write: the effect again, digests compared, then each write with preconditions. As long as nothing was
 * written, whatever moved starts it from the top, so that the whole effect is compared; from the first write on, each
 * object stands for itself.
 */
export async function execute(
  inHand: WriteCallInHand,
  { permit, writer }: { permit: Permit; writer: Writer },
): Promise<ToolAnswer> {
  const { kube, now, settings } = inHand.context
  const mayTryAgain = (tries: number): boolean => tries < MOST_TRIES && now().getTime() < permit.until
  for (let tries = 1; ; tries++) {
    let computed: ComputedEffect
    try {
      computed = await computeEffect(inHand, permit.pins)
    } catch (error) {
      // It moved between reading and dry run: no different from moving before the write.
      if (isPreconditionFailure(error) && mayTryAgain(tries)) continue
      if (isContested(error)) return contestedAnswer(error, tries)
      throw error
    }
    if (computed.effect_digest !== permit.effect_digest) return staleAnswer(computed, tries)
    const write = createObjectWriter({ writer, read: kube.find, redactionKey: settings.redactionKey, mayTryAgain })
    const { written, overtaken } = await writeAll(computed, { write, inHand, tries })
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

/** What was to change is gone, or somebody else's now: another object of the name, or its fields. */
function isContested(error: unknown): error is ToolError {
  if (!(error instanceof ToolError) || isPreconditionFailure(error)) return false
  return error.code === 'Conflict' || error.code === 'NotFound'
}

type Progress = { written: readonly ObjectWritten[]; overtaken?: ObjectWritten }

/** Writes in order and stops at the first object that was not written for sure. */
async function writeAll(
  { changes }: ComputedEffect,
  { write, inHand: { context }, tries }: { write: ObjectWriter; inHand: WriteCallInHand; tries: number },
): Promise<Progress> {
  const written: ObjectWritten[] = []
  for (const [index, change] of changes.entries()) {
    const obstacle = obstacleAfter(written.at(-1), context.signal)
    if (obstacle !== undefined) {
      written.push(notBegun(change.object, obstacle))
      continue
    }
    const one = await write(change, { isFirst: index === 0, tries })
    if (one.isOvertaken && index === 0) return { written, overtaken: one }
    written.push(one)
    if (changes.length > 1) context.progress('status', `${nameOf(change.object)}: ${one.outcome.outcome}\n`)
  }
  return { written }
}

function obstacleAfter(last: ObjectWritten | undefined, signal: AbortSignal): string | undefined {
  if (last !== undefined && last.outcome.outcome !== 'succeeded') return UNWRITTEN_BEFORE
  if (last?.blocks !== undefined) return last.blocks
  return signal.aborted ? 'the call was cancelled.' : undefined
}

function notStarted({ changes }: ComputedEffect, overtaken: ObjectWritten): readonly ObjectWritten[] {
  const rest = changes.slice(1).map(({ object }) => notBegun(object, UNWRITTEN_BEFORE))
  return [overtaken, ...rest]
}

function notBegun(object: EffectObject, why: string): ObjectWritten {
  return { outcome: { ref: refOfObject(object), outcome: 'failed', error: `NotStarted: ${why}` }, tries: 0 }
}
