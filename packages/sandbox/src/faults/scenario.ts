import type { Edit, Manifest, Named } from './manifest.ts'

export const faults = [
  'bad-image',
  'missing-key',
  'wrong-probe-port',
  'out-of-memory',
  'unschedulable',
  'missing-config',
  'selector-mismatch',
  'wrong-target-port',
  'failed-job',
  'stuck-rollout',
  'quota-reached',
  'refused-connection',
] as const
export type Fault = (typeof faults)[number]

/** Those that a cluster shows although nothing runs in its pods: what a scheduler and controllers alone can tell. */
export const faultsWithoutPrograms: readonly Fault[] = [
  'bad-image',
  'unschedulable',
  'selector-mismatch',
  'wrong-target-port',
  'stuck-rollout',
  'quota-reached',
]

/** An application in a namespace, with one fault or none. */
export type Scenario = {
  fault: Fault | 'none'
  namespace: string
  /** In the order in which they are made. */
  manifests: Manifest[]
  /** Made once all of it runs: the change that went wrong. */
  edits: Edit[]
  /** The object that is at fault; undefined when nothing is. */
  culprit?: Named
  /** A field, or a part of one, that proves it. */
  field?: string
  /** Names of the objects that people would name when they notice. */
  noticed: string[]
}
