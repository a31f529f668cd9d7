import type { Image } from '../images/program.ts'
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

/** What a person knows, and a cluster does not: the tag of an image, or the value of a variable. */
export type Unknown = { tag: string } | { variable: string; value: string }

/** An application in a namespace, with one fault or none. */
export type Scenario = {
  fault: Fault | 'none'
  namespace: string
  /** What the cluster's registry must have. The objects tell nothing of what is in the images. */
  images: Image[]
  /** In the order in which they are made. */
  manifests: Manifest[]
  /** Made once all of it runs: the change that went wrong. */
  edits: Edit[]
  /** The object that is at fault; undefined when nothing is. */
  culprit?: Named
  /** A field, or a part of one, that proves it. */
  field?: string
  /** What nothing in the cluster shows: only a person can say it. */
  unknown?: Unknown
  /** Names of the objects that people would name when they notice. */
  noticed: string[]
}
