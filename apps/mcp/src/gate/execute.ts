import { isDeepStrictEqual } from 'node:util'
import type { EffectObject, ObjectOutcome } from '@fairlead/contract/effect'
import type { ToolAnswer } from '@fairlead/contract/tool-meta'
import { isPreconditionFailure } from '../kube/api-error.ts'
import { type ComputedEffect, computeEffect } from './compute-effect.ts'
import { settledAnswer, staleAnswer, writtenAnswer } from './execution-answer.ts'
import type { WriteCallInHand } from './write-call.ts'
import { createObjectWriter, type ObjectWritten } from './write-object.ts'
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

/**
 * Runs an approved write: the effect again, digests compared, then each write with preconditions. As long as nothing was
 * written, whatever moved starts it from the top, so that the whole effect is compared; from the first write on, each
 * object stands for itself.
 */
export async function execute(
  inHand: WriteCallInHand,
  { permit, writer, redactionKey }: { permit: Permit; writer: Writer; redactionKey: Uint8Array | undefined },
): Promise<ToolAnswer> {
  const { signal, now } = inHand.context
  const mayTryAgain = (tries: number): boolean => tries < MOST_TRIES && now().getTime() < permit.until
  for (let tries = 1; ; tries++) {
    let computed: ComputedEffect
    try {
      computed = await computeEffect(inHand, permit.pins)
    } catch (error) {
      // It moved between reading and dry run: no different from moving before the write.
      if (isPreconditionFailure(error) && mayTryAgain(tries)) continue
      throw error
    }
    if (computed.effect_digest !== permit.effect_digest) return staleAnswer(computed, tries)
    const write = createObjectWriter({ writer, redactionKey, signal, mayTryAgain })
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

type Progress = { written: readonly ObjectWritten[]; overtaken?: ObjectWritten }

/** Writes in order and stops at the first object that was not written for sure. */
async function writeAll(
  { changes }: ComputedEffect,
  {
    write,
    inHand: { context },
    tries,
  }: { write: ReturnType<typeof createObjectWriter>; inHand: WriteCallInHand; tries: number },
): Promise<Progress> {
  const written: ObjectWritten[] = []
  for (const [index, change] of changes.entries()) {
    const last = written.at(-1)
    if (last !== undefined && last.outcome.outcome !== 'succeeded') {
      written.push(notBegun(change.object, 'the write of an object before it did not succeed.'))
      continue
    }
    if (context.signal.aborted) {
      written.push(notBegun(change.object, 'the call was cancelled.'))
      continue
    }
    const one = await write(change, { isFirst: index === 0, tries })
    if (one.isOvertaken && index === 0) return { written, overtaken: one }
    written.push(one)
    if (changes.length > 1) context.progress('status', `${lineOf(change.object)}: ${one.outcome.outcome}\n`)
  }
  return { written }
}

function notStarted({ changes }: ComputedEffect, overtaken: ObjectWritten): readonly ObjectWritten[] {
  const rest = changes
    .slice(1)
    .map(({ object }) => notBegun(object, 'the write of an object before it did not succeed.'))
  return [overtaken, ...rest]
}

function notBegun(object: EffectObject, why: string): ObjectWritten {
  return { outcome: { ref: refOfObject(object), outcome: 'failed', error: `NotStarted: ${why}` }, tries: 0 }
}

export function refOfObject({ cluster, apiVersion, kind, namespace, name, uid }: EffectObject): ObjectOutcome['ref'] {
  return {
    cluster,
    apiVersion,
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    ...(uid !== undefined && { uid }),
  }
}

function lineOf({ kind, namespace, name }: EffectObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** Whether what is left to do to an object is what was approved; the diff is for people. */
export function isSameChange(left: EffectObject, right: EffectObject): boolean {
  const { diff: _left, ...ours } = left
  const { diff: _right, ...theirs } = right
  return isDeepStrictEqual(JSON.parse(JSON.stringify(ours)), JSON.parse(JSON.stringify(theirs)))
}
