import type { KubeObject } from '../kube-object.ts'

/** What facts are about, in the order in which they are shown. */
export const factGroups = ['what runs', 'rights', 'ways in', 'data', 'size', 'other places'] as const

/** One thing of an object that an approver must not miss. */
export type Fact = {
  group: (typeof factGroups)[number]
  /** JSON Pointer into the object. */
  path: string
  /** `privileged`, `image evil.example/miner:1`, or all the text that would run. */
  fact: string
  /** Which part of the object it is a fact of: the same of another container is another fact. */
  of: string
  /** Makes the whole write high risk, and says why: the rest of a sentence that begins with the object's name. */
  highRiskReason?: string
}

/** An object whose texts are quoted as they may be shown; what is decided about it goes by the object itself. */
export type Read = {
  object: KubeObject
  /** The text at a place. */
  quote(path: string): string
}

/** A rule finds what one object has, whatever it was before. */
export type FactRule = (read: Read) => Fact[]
