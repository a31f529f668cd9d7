import type { Change, EffectObject, ObjectRef } from '@fairlead/contract/effect/effect'

/** What a write changes, hidden values as keyed hashes. */
export type ShownChanges = {
  ref: ObjectRef
  changes: readonly Change[]
  elements: NonNullable<EffectObject['elements']>
  /** The object as it will be, hidden values likewise; as it was where it goes. */
  shown: unknown
}
