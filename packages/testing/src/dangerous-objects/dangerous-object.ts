import { pointerOf } from '@fairlead/contract/json/json-pointer'
import fc from 'fast-check'
import type { KubeJson } from './kube-json.ts'
import { otherDanger } from './other-dangers.ts'
import { head, podSpec, type WorkloadKind, workloads } from './plain-objects.ts'
import { podDanger } from './pod-dangers.ts'

/** A valid Kubernetes object with exactly one dangerous thing in it. Its namespace is left to the test that applies it. */
export type DangerousObject = {
  object: KubeJson
  /** Of the object: `CronJob`. */
  kind: string
  /** The same object without the dangerous thing: what is there before an update. */
  before: KubeJson
  /** What is in the cluster already, and makes it dangerous. Before and after it is the same. */
  beside: readonly KubeJson[]
  dangerous: {
    /** `command`, `image`, `RBAC verb`. */
    what: string
    /** What is put around it so that it is not seen: `key marks`, `length`; `nothing` for most. */
    behind: string
    /** What the approver must be able to read, as a fact or as the line that would run. */
    text: string
    /** All that would run of it, the line in it; else as `text`. */
    whole: string
    /** JSON Pointer into the object. */
    place: string
  }
}

const workload = fc
  .tuple(fc.constantFrom(...(Object.keys(workloads) as WorkloadKind[])), head, podSpec)
  .chain(([kind, ofObject, spec]) =>
    podDanger(spec, kind).map(({ spec: dangerousSpec, at, ...danger }): DangerousObject => {
      const { make, at: root } = workloads[kind]
      const place = pointerOf([...root, ...at])
      const object = make(ofObject, dangerousSpec)
      return { object, kind, before: make(ofObject, spec), beside: [], dangerous: { ...danger, place } }
    }),
  )

const other = head.chain((ofObject) =>
  otherDanger(ofObject).map(({ object, before, beside = [], at, ...danger }): DangerousObject => {
    return { object, kind: object.kind, before, beside, dangerous: { ...danger, place: pointerOf(at) } }
  }),
)

/** For properties: shrinks to the smallest object that fails. */
export const dangerousObject: fc.Arbitrary<DangerousObject> = fc.oneof(
  { arbitrary: workload, weight: 3 },
  { arbitrary: other, weight: 3 },
)

/**
 * How many objects a test tries, and by which seed: 500 in the full run, else 50. Others each time; a failed run is
 * repeated with its seed in FAIRLEAD_SEED.
 */
export function dangerousRuns(env: { FAIRLEAD_FULL?: string; FAIRLEAD_SEED?: string } = process.env): {
  numRuns: number
  seed: number
} {
  const numRuns = env.FAIRLEAD_FULL === '1' ? 500 : 50
  return { numRuns, seed: env.FAIRLEAD_SEED === undefined ? Date.now() % 0x7fffffff : Number(env.FAIRLEAD_SEED) }
}

/** The same objects for the same seed, for tests that take them by the dozen. */
export function dangerousObjects({ numRuns, seed }: { numRuns: number; seed: number }): DangerousObject[] {
  return fc.sample(dangerousObject, { numRuns, seed })
}
