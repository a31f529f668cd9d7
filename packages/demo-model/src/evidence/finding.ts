import type { Ref } from '../cluster/objects.ts'
import type { Call } from '../plan/plan.ts'

/** What shows it: a field of an object, or what an object has logged, or an event about it. */
export type Proof = { of: Ref; field: string; value: string } | { of: Ref; source: 'log' | 'event'; quote: string }

/** The change that the evidence supports. */
export type Remedy = {
  /** What it does, as half a sentence: `roll back Deployment shop/web to revision 3`. */
  says: string
  /** Calls that come to the same, best first; the first one that is offered is made. */
  calls: readonly [Call, ...Call[]]
}

/** Something that is wrong, what shows it, and what would mend it. */
export type Finding = {
  /** The object that is at fault, and that a change would touch. */
  subject: Ref
  /** One sentence. */
  says: string
  proofs: readonly Proof[]
  /** Per cent. */
  confidence: number
  /** What else suffers from it. */
  touches?: readonly Ref[]
  remedy?: Remedy
  /** What a person would have to say for a change to be possible. */
  missing?: string
}

export function nameOf({ kind, namespace, name }: Ref): string {
  return `${kind} \`${namespace === undefined ? '' : `${namespace}/`}${name}\``
}

export function isSame(a: Ref, b: Ref): boolean {
  return a.kind === b.kind && a.name === b.name && a.namespace === b.namespace
}
