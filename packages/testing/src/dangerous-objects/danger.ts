import type { Fields, KubeJson } from './kube-json.ts'
import { type Head, kept } from './plain-objects.ts'

export type OtherDanger = {
  what: string
  behind: string
  text: string
  whole: string
  at: readonly string[]
  before: KubeJson
  object: KubeJson
  /** What is in the cluster already, and makes it dangerous. */
  beside?: readonly KubeJson[]
}

type Type = readonly [apiVersion: string, kind: string]
type Rests = { before: Fields; after: Fields }

/** An object with a danger in it, and the same object before. */
export function changed(
  head: Head,
  danger: Omit<OtherDanger, 'behind' | 'whole' | 'before' | 'object'>,
  [apiVersion, kind]: Type,
  rests: Rests,
): OtherDanger {
  return {
    behind: 'nothing',
    whole: danger.text,
    before: kept(apiVersion, kind, head, rests.before),
    object: kept(apiVersion, kind, head, rests.after),
    ...danger,
  }
}
