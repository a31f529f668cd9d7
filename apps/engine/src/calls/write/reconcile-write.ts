import type { Effect, ObjectOutcome, Verification } from '@fairlead/contract/effect/effect'
import { metaKeys } from '@fairlead/contract/tool/tool-meta'
import { maskValue } from '@fairlead/service-kit/redaction/mask'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import { callIdentity, type Execution } from '../execution.ts'
import { isStillOurs } from '../tool-now.ts'

export type Found =
  /** Every object already has what was approved. */
  | { kind: 'succeeded'; objects: ObjectOutcome[] }
  /** Every object is as it was before, and the API server itself would refuse the first request if it still came. */
  | { kind: 'not-begun'; objects?: undefined; read: string }
  | { kind: 'unclear'; objects?: ObjectOutcome[]; read: string }

const READ_MS = 30_000

/** What the objects of an approved write say about whether it has happened. */
export async function findOutcome(execution: Execution, approved: ApprovedCall): Promise<Found> {
  const { effect } = approved.approval
  if (!isComparable(effect) || !(await isStillOurs(execution, approved))) {
    return { kind: 'unclear', read: 'there is nothing to compare.' }
  }
  const verification = await readBack(execution, approved, { waitSeconds: 0, signal: AbortSignal.timeout(READ_MS) })
  if (verification === undefined) return { kind: 'unclear', read: 'the objects could not be read.' }
  const { objects } = verification
  const at = (side: 'after' | 'before') => objects.length > 0 && objects.every((object) => object.at === side)
  if (at('after')) return { kind: 'succeeded', objects: objects.map(({ ref }) => ({ ref, outcome: 'succeeded' })) }
  if (at('before') && isEnforced(effect)) return { kind: 'not-begun', read: 'the objects are as they were before.' }
  const read = objects
    .map(({ ref, at: side }) => `${ref.kind} ${ref.name} is ${sideWords[side ?? 'neither']}`)
    .join('; ')
  return {
    kind: 'unclear',
    objects: objects.map(({ ref, at: side }) => outcomeOf(ref, side)),
    read: `${read}.`,
  }
}

const sideWords = {
  after: 'as approved',
  before: 'as it was before',
  neither: 'neither as before nor as approved',
} as const

function outcomeOf(ref: ObjectOutcome['ref'], side: 'after' | 'before' | 'neither' | undefined): ObjectOutcome {
  return side === 'after'
    ? { ref, outcome: 'succeeded' }
    : { ref, outcome: 'unknown', error: `The object is ${sideWords[side ?? 'neither']}.` }
}

/** Reads the objects of the effect back through the tool that wrote them, redacted; undefined when it gives no verdict. */
export async function readBack(
  execution: Execution,
  { call, approval }: ApprovedCall,
  { waitSeconds, signal }: { waitSeconds: number; signal: AbortSignal },
): Promise<Verification | undefined> {
  const { effect, effect_digest } = approval
  const answer = await execution.context.tools.call({
    name: call.tool,
    args: call.args,
    meta: {
      ...(await callIdentity(execution)),
      [metaKeys.verify]: {
        effect_digest,
        objects: effect.objects.map(({ diff: _, ...object }) => object),
        pins: effect.pins,
        wait_seconds: waitSeconds,
      },
    },
    callId: call.call_id,
    signal,
  })
  return answer.kind === 'answered' ? maskValue(answer.structured?.verification, 'read') : undefined
}

const comparable = new Set(['create', 'update', 'delete', 'restart'])

/** Whether reading the objects back can tell anything. */
export function isComparable({ basis, objects }: Effect): boolean {
  if (basis === 'external' || basis === 'unknown') return false
  return objects.some(({ action }) => comparable.has(action))
}

/** Writes whose preconditions the target system enforces: by uid and version, or by a POST that conflicts. */
function isEnforced({ objects, unenforced }: Effect): boolean {
  return unenforced !== true && objects.every(({ action }) => comparable.has(action))
}
