import type { Effect, ObjectOutcome } from '@fairlead/contract/effect/effect'
import type { ApprovedCall } from '../attempt/approved-call.ts'
import type { ToolTrust } from '../tool-trust.ts'
import { isEnforced } from './is-enforced.ts'
import type { ReadBack } from './read-back.ts'

export type Found =
  /** Every object already has what was approved. */
  | { kind: 'succeeded'; objects: ObjectOutcome[] }
  /** Every object is as it was before, and the API server itself would refuse the first request if it still came. */
  | { kind: 'not-begun'; objects?: undefined; read: string }
  | { kind: 'unclear'; objects?: ObjectOutcome[]; read: string }

/** What the objects of an approved write say about whether it has happened. */
export type ReconcileWrite = (approved: ApprovedCall) => Promise<Found>

const READ_MS = 30_000

type Ports = { readBack: ReadBack; isStillTrusted: ToolTrust['isStillTrusted'] }

export function createReconciliation({ readBack, isStillTrusted }: Ports): ReconcileWrite {
  return async (approved) => {
    const { effect } = approved.approval
    if (!isComparable(effect) || !(await isStillTrusted(approved))) {
      return { kind: 'unclear', read: 'there is nothing to compare.' }
    }
    const verification = await readBack(approved, { waitSeconds: 0, signal: AbortSignal.timeout(READ_MS) })
    if (verification === undefined) return { kind: 'unclear', read: 'the objects could not be read.' }
    const { objects } = verification
    const at = (side: 'after' | 'before') => objects.length > 0 && objects.every((object) => object.at === side)
    if (at('after')) return { kind: 'succeeded', objects: objects.map(({ ref }) => ({ ref, outcome: 'succeeded' })) }
    if (at('before') && isEnforced(approved.call.tool, effect)) {
      return { kind: 'not-begun', read: 'the objects are as they were before.' }
    }
    const read = objects
      .map(({ ref, at: side }) => `${ref.kind} ${ref.name} is ${sideWords[side ?? 'neither']}`)
      .join('; ')
    return { kind: 'unclear', objects: objects.map(({ ref, at: side }) => outcomeOf(ref, side)), read: `${read}.` }
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

const comparable = new Set(['create', 'update', 'delete', 'restart'])

/** Whether reading the objects back can tell anything. */
export function isComparable({ basis, objects }: Effect): boolean {
  if (basis === 'external' || basis === 'unknown') return false
  return objects.some(({ action }) => comparable.has(action))
}
